// The pull-back of one GRU step by hand, beside what the tape finds.
#include <cmath>

#include <fmt/format.h>

#include "autograd/tape.hpp"
#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

} // namespace

int main() {
  // One unit without an input: x w_ih^T is 0, and the biases are what the input adds.
  const Var x = constant(zeros({1, 1})), w_ih = constant(zeros({3, 1}));
  const Var b_ih = variable({0.5, 1, -0.5}, "b_ih"), b_hh = variable({0, 0, 0.2}, "b_hh");
  const Var w_hh = variable(reshaped({0.3, -0.4, 0.6}, {3, 1}), "w_hh");
  const Var h = variable(full({1, 1}, 2), "h");
  Tape tape;
  const Var next = gru_cell(x, h, w_ih, w_hh, b_ih, b_hh);
  tape.backward(next, ones({1, 1}));

  //> by-hand
  const double before = 2, dnext = 1;
  const double r = squashed(0.5 + 0.3 * before), z = squashed(1 - 0.4 * before);
  const double p = 0.6 * before + 0.2; // the state's part of n, with its own bias
  const double n = std::tanh(-0.5 + r * p);

  const double da_n = dnext * (1 - z) * (1 - n * n);
  const double da_z = dnext * (before - n) * z * (1 - z);
  const double da_r = da_n * p * r * (1 - r);
  const double dp = da_n * r;
  const double dh = dnext * z + 0.3 * da_r - 0.4 * da_z + 0.6 * dp;
  //< by-hand

  fmt::print("r = {:.3f}   z = {:.3f}   p = {:.3f}   n = {:.3f}   h' = {:.3f}\n\n", r, z, p, n,
             next.item());
  fmt::print("gradient of     by hand     tape\n");
  const auto row = [](const char* name, double hand, double taped) {
    fmt::print("{:<13} {:>9.5f} {:>9.5f}\n", name, hand, taped);
  };
  row("a_r, b_ir", da_r, b_ih.grad()(0));
  row("a_z, b_iz", da_z, b_ih.grad()(1));
  row("a_n, b_in", da_n, b_ih.grad()(2));
  row("p, b_hn", dp, b_hh.grad()(2));
  row("h", dh, h.grad()(0, 0));
}
