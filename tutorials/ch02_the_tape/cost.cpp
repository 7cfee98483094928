// What all slopes of a product of n numbers cost: by differences, and by one walk back.
#include "tiny_tape.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"

using namespace tiny;

namespace {

// Multiplies, and counts.
std::size_t multiplications = 0;
double times(double a, double b) { return ++multiplications, a * b; }

//> product
double product(const std::vector<double>& x) {
  double z = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) z = times(z, x[i]);
  return z;
}
//< product

//> differences
std::vector<double> by_differences(std::vector<double> x) {
  const double h = 1e-5;
  std::vector<double> slopes;
  for (double& entry : x) {
    const double here = entry;
    entry = here + h;
    const double above = product(x);
    entry = here - h;
    const double below = product(x);
    entry = here;
    slopes.push_back((above - below) / (2 * h));
  }
  return slopes;
}
//< differences

// On the tape: one multiplication a line, and on the way back one an edge.
std::vector<double> by_tape(const std::vector<double>& x) {
  tape.clear();
  for (double entry : x) write(entry);
  Number z{0};
  for (std::size_t i = 1; i < x.size(); ++i) z = z * Number{i};
  backward(z);
  for (const Line& line : tape) multiplications += (line.edges.empty() ? 0 : 1) + line.edges.size();
  std::vector<double> slopes;
  for (std::size_t i = 0; i < x.size(); ++i) slopes.push_back(tape[i].grad);
  return slopes;
}

// Entry i is 1 + 1/n, 1 - 1/n, 1 + 1/n, ...: their product stays near 1.
std::vector<double> numbers(std::size_t n) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) x.push_back(1 + (i % 2 == 0 ? 1.0 : -1.0) / double(n));
  return x;
}

template <class Slopes> std::size_t count(Slopes slopes) {
  multiplications = 0;
  slopes();
  return multiplications;
}

} // namespace

int main() {
  fmt::print("Multiplications for all n slopes of x1 x2 ... xn:\n");
  fmt::print("  {:>5}  {:>9}  {:>12}  {:>8}   {}\n", "n", "the value", "differences", "the tape",
             "largest difference of the slopes");
  std::size_t last[3] = {};
  for (std::size_t n : {10, 100, 1000}) {
    const std::vector<double> x = numbers(n);
    std::vector<double> measured, walked;
    const std::size_t value = count([&] { product(x); });
    const std::size_t differences = count([&] { measured = by_differences(x); });
    const std::size_t walk = count([&] { walked = by_tape(x); });
    double most = 0;
    for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(measured[i] - walked[i]));
    fmt::print("  {:>5}  {:>9}  {:>12}  {:>8}   {}\n", n, value, differences, walk,
               most < 1e-8 ? "below 1e-8" : "NOT below 1e-8");
    last[0] = value, last[1] = differences, last[2] = walk;
  }
  tapestry::keep("cost.json", fmt::format("{{\"value\": {}, \"differences\": {}, \"tape\": {}}}\n",
                                          last[0], last[1], last[2]));
}
