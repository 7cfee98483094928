// A first tape: three operations, what they recorded, and the way back.
#include <fmt/format.h>

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

int main() {
  Var x = variable(2, "x");
  Var y = variable(0.5, "y");

  //> first-tape
  Tape tape;
  Var p = x * y;
  Var s = tanh(x);
  Var z = p + s;
  //< first-tape

  fmt::print("z = x y + tanh(x) at x = {}, y = {}: {:.4f}\n\n", x.item(), y.item(), z.item());
  fmt::print("Recorded, in the order of execution:\n");
  tape.print();

  fmt::print("\nThe way back, one record at a time:\n");
  //> walk-back
  tape.begin_backward(z, Tensor(1));
  fmt::print("  seed         dz/dz = {}\n", z.grad()());
  for (std::ptrdiff_t i; (i = tape.step_back()) >= 0;)
    fmt::print("  after #{}     dz/dx = {:.4f}  dz/dy = {:.4f}\n", i, x.grad()(), y.grad()());
  //< walk-back

  fmt::print("\nThe same tape, with the gradients that passed:\n");
  tape.print();

  const double t = static_cast<double>(s.item());
  fmt::print("\nBy hand: dz/dx = y + 1 - tanh(x)^2 = {:.4f}, dz/dy = x = {:.4f}\n", 0.5 + 1 - t * t,
             2.0);
}
