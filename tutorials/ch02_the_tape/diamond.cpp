// A product that writes its gradients with = where += belongs: right on a chain, wrong on a
// diamond.
#include <cmath>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

//> overwriting
Var overwriting(const Operand& a, const Operand& b) {
  Var y{a.value() * b.value()};
  return record("*", y, {a, b}, [a, b, y] {
    a.grad() = y.grad() * b.value(); // = where += belongs
    b.grad() = y.grad() * a.value();
  });
}
//< overwriting

Var adding(const Operand& a, const Operand& b) { return a * b; }

using Product = Var (*)(const Operand&, const Operand&);

struct Case {
  const char* name;
  Var (*recorded)(const Var& x, const Var& y, Product times);
  double (*plain)(double x, double y);
};

//> cases
const Case cases[] = {
    {"tanh(xy)", [](const Var& x, const Var& y, Product times) { return tanh(times(x, y)); },
     [](double x, double y) { return std::tanh(x * y); }},
    {"xx + y", [](const Var& x, const Var& y, Product times) { return times(x, x) + y; },
     [](double x, double y) { return x * x + y; }},
    {"xy + x tanh(xy)",
     [](const Var& x, const Var& y, Product times) {
       Var p = times(x, y);
       Var q = times(tanh(p), x);
       return p + q;
     },
     [](double x, double y) { return x * y + x * std::tanh(x * y); }}};
//< cases

double gradients(const Case& c, Product times) { // returns dz/dx
  const Var x = variable(2), y = variable(0.5);
  Tape tape;
  tape.backward(c.recorded(x, y, times));
  fmt::print("  {:>6.4f}  {:>6.4f} ", x.grad()(), y.grad()());
  return x.grad()();
}

void slopes(const Case& c) {
  const double x = 2, y = 0.5, h = 0.001;
  fmt::print("  {:>6.4f}  {:>6.4f}\n", (c.plain(x + h, y) - c.plain(x - h, y)) / (2 * h),
             (c.plain(x, y + h) - c.plain(x, y - h)) / (2 * h));
}

} // namespace

int main() {
  fmt::print("{:<17}  {:<15}  {:<15}  {}\n", "dz/dx and dz/dy", "with +=", "with =", "measured");
  double lost = 0;
  for (const Case& c : cases) {
    fmt::print("{:<16}", c.name);
    gradients(c, adding);
    lost = gradients(c, overwriting);
    slopes(c);
  }
  keep("diamond.json", fmt::format("{{\"dx\": {:.4f}}}\n", lost));

  fmt::print("\nThe gradient of w w at w = 3, over three passes:\n");
  //> passes
  Parameter w("w", 3);
  for (int pass = 1; pass <= 3; ++pass) {
    if (pass == 3) w.zero_grad();
    Tape tape;
    tape.backward(w * w);
    fmt::print("  pass {}: {}\n", pass, w.grad()());
  }
  //< passes
}
