// A loop and its tape: Newton's square root, differentiated turn by turn.
#include <cmath>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

//> newton
// The square root of a: the mean of y and a / y, until a turn changes y by at most one percent.
Var square_root(const Var& a) {
  Var y = constant(1);
  for (real change = 1; change > 0.01;) {
    const real before = y.item();
    Var other = a / y;
    Var both = y + other;
    y = 0.5 * both;
    change = std::abs(y.item() - before) / before;
  }
  return y;
}
//< newton

} // namespace

int main() {
  {
    const Var a = variable(2, "a");
    Tape tape;
    const Var y = square_root(a);
    tape.backward(y);
    fmt::print("The tape of square_root(2):\n");
    tape.print();
    const auto arrived = [&](std::size_t i) { return tape.line(i).output.grad()(); };
    keep("loop.json",
         fmt::format("{{\"second\": {:.4f}, \"first\": {:.4f}}}\n", arrived(5), arrived(2)));
  }

  fmt::print("\n  {:>5}  {:>5}  {:>7}  {:>8}  {:>8}  {:>14}\n", "a", "turns", "records", "y",
             "dy/da", "1 / (2 sqrt a)");
  for (const double number : {1.0, 2.0, 9.0, 100.0, 10000.0}) {
    const Var a = variable(static_cast<real>(number));
    Tape tape;
    const Var y = square_root(a);
    tape.backward(y);
    fmt::print("  {:>5}  {:>5}  {:>7}  {:>8.4f}  {:>8.4f}  {:>14.4f}\n", number, tape.size() / 3,
               tape.size(), y.item(), a.grad()(), 1 / (2 * std::sqrt(number)));
  }
}
