// The pull-back of one LSTM step by hand, gate by gate, beside what the tape finds.
#include <cmath>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

double difference(const Tensor& a, const Tensor& b) { return xt::amax(xt::abs(a - b))(); }

// One unit, with plain numbers.
void one_unit() {
  const Var gates = variable({{0.5, 1, -0.5, 0}}, "gates"), c = variable(full({1, 1}, 2), "c");
  const double dh = 1, dc = 0.5; // what arrives: at h', and at c' from the step after
  Tape tape;
  const auto [h_next, c_next] = lstm_gates(gates, c);
  const Var seed = h_next * dh + c_next * dc;
  tape.backward(sum(seed));

  //> by-hand
  const double i = squashed(0.5), f = squashed(1), g = std::tanh(-0.5), o = squashed(0);
  const double next = f * 2 + i * g, seen = std::tanh(next); // c' and tanh(c')

  const double dnext = dc + dh * o * (1 - seen * seen); // both ways into c'
  const double da_i = dnext * g * i * (1 - i);
  const double da_f = dnext * 2 * f * (1 - f);
  const double da_g = dnext * i * (1 - g * g);
  const double da_o = dh * seen * o * (1 - o);
  const double dc_before = dnext * f;
  //< by-hand

  fmt::print("i = {:.3f}   f = {:.3f}   g = {:.3f}   o = {:.3f}   c' = {:.3f}   h' = {:.3f}\n\n", i,
             f, g, o, c_next.item(), h_next.item());
  fmt::print("gradient of     by hand     tape\n");
  const auto row = [](const char* name, double hand, double taped) {
    fmt::print("{:<13} {:>9.5f} {:>9.5f}\n", name, hand, taped);
  };
  row("a_i", da_i, gates.grad()(0, 0));
  row("a_f", da_f, gates.grad()(0, 1));
  row("a_g", da_g, gates.grad()(0, 2));
  row("a_o", da_o, gates.grad()(0, 3));
  row("c", dc_before, c.grad()(0, 0));
}

// From the gradient of a, (B, 4H), to those of all that a was computed from.
void all_shapes() {
  constexpr std::size_t batch = 2, inputs = 3, hidden = 5;
  Rng rng(1);
  const auto draw = [&](const Shape& s, const char* name) {
    return variable(normal(s, 0, 1, rng), name);
  };
  const Var x = draw({batch, inputs}, "x"), h = draw({batch, hidden}, "h"),
            c = draw({batch, hidden}, "c");
  const Var w_ih = draw({4 * hidden, inputs}, "w_ih"), w_hh = draw({4 * hidden, hidden}, "w_hh");
  const Var b_ih = draw({4 * hidden}, "b_ih"), b_hh = draw({4 * hidden}, "b_hh");
  Tape tape;
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(h, w_hh, b_hh);
  const Var a = from_input + from_state;
  const LSTMState next = lstm_gates(a, c);
  tape.backward(concatenate({next.h, next.c}), normal({2 * batch, hidden}, 0, 1, rng));

  const Tensor& da = a.grad();
  const auto product = [](const Tensor& l, const Tensor& r) {
    return matmul(constant(l), constant(r)).value();
  };
  const auto row = [](const char* name, const Var& v, const Tensor& hand) {
    fmt::print("{:<22} {:<8} {}\n", name, to_string(v.shape()),
               difference(v.grad(), hand) < 1e-12 ? "as on the tape" : "DIFFERS");
  };
  fmt::print("\nby products            shape\n");
  const Tensor flipped = xt::transpose(da);
  row("dW_ih = da^T x", w_ih, product(flipped, x.value()));
  row("dW_hh = da^T h", w_hh, product(flipped, h.value()));
  row("dx    = da W_ih", x, product(da, w_ih.value()));
  row("dh    = da W_hh", h, product(da, w_hh.value()));
  row("db_ih = sum of rows", b_ih, xt::sum(da, {0}));
  row("db_hh = the same", b_hh, xt::sum(da, {0}));
}

} // namespace

int main() {
  one_unit();
  all_shapes();
}
