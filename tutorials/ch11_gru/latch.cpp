// A GRU of one unit whose weights were chosen by hand: it stores a bit and keeps it.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

struct Step {
  real value, store;
};

constexpr std::array<Step, 8> steps{
    {{-1, 0}, {+1, 1}, {-1, 0}, {-1, 0}, {+1, 0}, {-1, 1}, {+1, 0}, {+1, 0}}};

//> weights
// Columns: value, store. Rows: r, z, n.
const Var w_ih = constant({{0, 0},   // r: has nothing to do, for w_hh is 0
                           {0, -20}, // z: shut when `store` is on
                           {5, 0}}); // n: the value
const Var bias = constant({0, 10, 0});
//< weights
const Var w_hh = constant(zeros({3, 1}));

// Two decimals, and no -0.
real rounded(real x) { return std::round(100 * x) / 100 + 0; }

} // namespace

int main() {
  fmt::print(" t   value store      z     n      h\n");
  Var h = constant(zeros({1, 1}));
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const auto [value, store] = steps[t];
    h = gru_cell(constant({{value, store}}), h, w_ih, w_hh, bias, Var{});
    const real z = 1 / (1 + std::exp(20 * store - 10)), n = std::tanh(5 * value);
    fmt::print("{:>2} {:>7} {:>5}   {:>4.2f} {:>5.2f}  {:>5.2f}\n", t, value, store, z, n,
               rounded(h.item()));
  }
}
