#include "expect.hpp"

#include <cmath>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/tree_lstm.hpp"

using namespace tapestry;

namespace {

double squashed(double a) { return 1 / (1 + std::exp(-a)); }
Var one(double x) { return constant(full({1, 1}, x)); }

// One unit, two children. Of x = 1, with the biases, i reads 0.4, o -0.2, u 0.8 and f 0.5. `state`
// has a column for each child, and rows for i, o, u and the two forget gates.
NaryWeights weights() {
  return {constant(tensor({4, 1}, {0.3, -0.4, 0.5, 0.1})), constant({0.1, 0.2, 0.3, 0.4}),
          constant({{1, 0.5}, {2, -1}, {-1, 0.25}, {3, 0.75}, {-2, 1.5}})};
}
const double of_i = 0.4, of_o = -0.2, of_u = 0.8, of_f = 0.5;
const double h0 = 0.2, c0 = 2, h1 = -0.7, c1 = -3;

} // namespace

STEP("a leaf") {
  const LSTMState y = nary_cell(one(1), {}, weights());
  const double c = squashed(of_i) * std::tanh(of_u);
  expect_equal("c = i u", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o) * std::tanh(c));
}

STEP("two children") {
  const LSTMState children[] = {{one(h0), one(c0)}, {one(h1), one(c1)}};
  const LSTMState y = nary_cell(one(1), children, weights());
  const double i = squashed(of_i + h0 + 0.5 * h1), o = squashed(of_o + 2 * h0 - h1),
               u = std::tanh(of_u - h0 + 0.25 * h1), f0 = squashed(of_f + 3 * h0 + 0.75 * h1),
               f1 = squashed(of_f - 2 * h0 + 1.5 * h1);
  const double c = i * u + f0 * c0 + f1 * c1;
  expect_equal("c = i u + f_0 c_0 + f_1 c_1", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), o * std::tanh(c));
}

STEP("with one child it is an LSTM") {
  // Three units. The blocks are i, o, u, f here, and i, f, g, o there.
  const Tensor w_ih = random({12, 2}, 1), bias = random({12}, 2), w_hh = random({12, 3}, 3);
  const auto ours = [](const Tensor& w) {
    const auto block = [x = constant(w)](std::size_t k) { return slice(x, 0, 3 * k, 3 * k + 3); };
    return concatenate({block(0), block(3), block(2), block(1)}, 0);
  };
  const Var x = constant(random({1, 2}, 4));
  const LSTMState child[] = {{constant(random({1, 3}, 5)), constant(random({1, 3}, 6))}};
  const LSTMState y = nary_cell(x, child, {ours(w_ih), ours(bias), ours(w_hh)});
  const LSTMState wanted =
      lstm_cell(x, child[0], constant(w_ih), constant(w_hh), constant(bias), Var{});
  expect_equal("c of a chain", y.c.value(), wanted.c.value());
  expect_equal("h of a chain", y.h.value(), wanted.h.value());
}

STEP("the gradients") {
  expect_gradients(
      "I = 3, H = 2, three children",
      [](const Var& x, const Var& child_h, const Var& child_c, const Var& weight, const Var& bias,
         const Var& state) {
        std::vector<LSTMState> children;
        for (std::size_t k = 0; k < 3; ++k)
          children.push_back({slice(child_h, 0, k, k + 1), slice(child_c, 0, k, k + 1)});
        const LSTMState y = nary_cell(x, children, {weight, bias, state});
        return concatenate({y.h, y.c}, 1);
      },
      {{random({1, 3}, 1), "x"},
       {random({3, 2}, 2), "the children's h"},
       {random({3, 2}, 3), "the children's c"},
       {random({8, 3}, 4), "weight"},
       {random({8}, 5), "bias"},
       {random({12, 6}, 6), "state"}});
}

STEP("a use: trees of other depths run together") {
  Rng rng(1);
  const nn::NaryTreeLSTM cell({.input_size = 2, .hidden_size = 3}, rng);
  const auto program = [&](std::size_t i) {
    LSTMState state = cell(constant(random({1, 2}, i)), {});
    for (std::size_t depth = 0; depth < i; ++depth) {
      const LSTMState pair[] = {state, cell(constant(random({1, 2}, 10 + depth)), {})};
      state = cell(constant(zeros({1, 2})), pair);
    }
    return state.h;
  };
  const std::vector<Var> together = run_together(4, program);
  for (std::size_t i = 0; i < 4; ++i)
    expect_equal("the root of tree " + std::to_string(i), together[i].value(), program(i).value());
}
