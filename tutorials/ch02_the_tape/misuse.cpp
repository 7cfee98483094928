// What the tape refuses, what it says, and what would have come out.
#include <cmath>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

namespace {

// A message, broken into lines that fit the page.
void say(std::string text) {
  text += ' ';
  std::string line = " ";
  for (std::size_t begin = 0, end; (end = text.find(' ', begin)) != text.npos; begin = end + 1) {
    const std::string word = text.substr(begin, end - begin);
    if (line.size() + word.size() >= 96) {
      fmt::print("{}\n", line);
      line = "    ";
    }
    line += " " + word;
  }
  fmt::print("{}\n", line);
}

template <class Work> void attempt(const char* title, Work work) {
  fmt::print("{}:\n", title);
  try {
    work();
    fmt::print("  nothing was refused\n");
  } catch (const TapeError& error) {
    say(std::string("TapeError: ") + error.what());
  } catch (const ShapeError& error) {
    say(std::string("ShapeError: ") + error.what());
  }
  fmt::print("\n");
}

// What two walks over one tape would leave, if nothing refused the second.
void twice_by_force() {
  //> by-force
  const Var u = variable(2), v = variable(0.5);
  Tape tape;
  const Var p = u * v;
  const Var s = tanh(p);
  const Var q = s * u;
  const Var z = p + q;
  tape.backward(z);
  const real once = u.grad()();
  z.grad() += 1; // a second seed
  for (std::size_t i = tape.size(); i-- > 0;) tape.pull_back(i);
  //< by-force
  fmt::print("By force: {:.4f} after one walk, {:.4f} after two, and not {:.4f}\n\n", once,
             u.grad()(), 2 * once);
}

} // namespace

int main() {
  const Var x = variable(2, "x"), y = variable(0.5, "y");

  attempt("Twice", [&] {
    //> twice
    Tape tape;
    Var z = x * y;
    tape.backward(z);
    tape.backward(z);
    //< twice
  });
  attempt("Closed", [&] {
    //> closed
    Var s;
    {
      Tape tape;
      s = tanh(x);
    }
    Tape tape;
    Var z = s * y;
    //< closed
  });
  attempt("No tape", [&] {
    //> no-tape
    Var z = x * y;
    Tape tape;
    tape.backward(z);
    //< no-tape
  });
  attempt("Changed", [&] {
    //> changed
    Parameter w("w", 3);
    Tape tape;
    Var z = w * w;
    w.set(5); // too early
    tape.backward(z);
    //< changed
  });
  attempt("Three numbers", [&] {
    //> three
    Tape tape;
    Var z = x * constant({1, 2, 3});
    tape.backward(z);
    //< three
  });
  attempt("Shapes", [&] {
    //> shapes
    Var bias = variable({1, 2}, "bias");
    Var z = bias + constant({1, 2, 3});
    //< shapes
  });

  twice_by_force();

  //> log
  const auto loss = [&] {
    Var p = x * y;
    Var d = p - 1; // 0
    Var l = log(d);
    return tanh(l);
  };
  //< log
  {
    Tape plain;
    const Var l = loss();
    plain.backward(l);
    fmt::print("Unchecked: the loss is {:.4f}, dz/dx is {}\n\n", l.item(),
               std::isnan(x.grad()()) ? "not a number" : "a number");
  }
  attempt("Checked", [&] {
    //> checked
    Tape tape({.check_finite = true});
    tape.backward(loss());
    //< checked
  });
  attempt("On the way back", [&] {
    //> root
    const Var a = variable(0);
    Tape tape({.check_finite = true});
    Var root = sqrt(a); // 0, and its slope is not finite
    tape.backward(root);
    //< root
  });
}
