// The same list, written by the program itself: a tape of thirty lines.
#include "tiny_tape.hpp"

#include <string>

#include <fmt/format.h>

using namespace tiny;

int main() {
  //> use
  Number x = write(2);
  Number y = write(0.5);
  Number p = x * y;
  Number s = tanh(p);
  Number q = s * x;
  Number z = p + q;
  backward(z);
  //< use

  fmt::print("{:>4}  {:>7}  {:<26}  {:>8}\n", "line", "value", "slope to line", "gradient");
  for (std::size_t i = 0; i < tape.size(); ++i) {
    std::string edges;
    for (const auto& [from, slope] : tape[i].edges)
      edges += fmt::format("{:.4f} to {}  ", slope, from);
    fmt::print("{:>4}  {:>7.4f}  {:<26}  {:>8.4f}\n", i, tape[i].value, edges, tape[i].grad);
  }

  const double a = x.value(), b = y.value(), t = std::tanh(a * b);
  fmt::print("\nBy the rules for sums and products:\n");
  fmt::print("  dz/dx = y + tanh(xy) + xy (1 - tanh(xy)^2) = {:.4f}\n",
             b + t + a * b * (1 - t * t));
  fmt::print("  dz/dy = x + x^2 (1 - tanh(xy)^2)           = {:.4f}\n", a + a * a * (1 - t * t));
}
