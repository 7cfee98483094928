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

// One unit. Of x = 1, with the biases, i reads 0.4, o -0.2, u 0.8 and f 0.5.
ChildSumWeights weights() {
  return {constant(tensor({4, 1}, {0.3, -0.4, 0.5, 0.1})), constant({0.1, 0.2, 0.3, 0.4}),
          constant(tensor({3, 1}, {1, 2, -1})), constant(full({1, 1}, 3))};
}
const double of_i = 0.4, of_o = -0.2, of_u = 0.8, of_f = 0.5;
const double h0 = 0.2, c0 = 2, h1 = -0.7, c1 = -3;
std::vector<LSTMState> two() { return {{one(h0), one(c0)}, {one(h1), one(c1)}}; }

} // namespace

STEP("a leaf") {
  const LSTMState y = child_sum_cell(one(1), {}, weights());
  const double c = squashed(of_i) * std::tanh(of_u);
  expect_equal("c = i u", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o) * std::tanh(c));
}

STEP("one child") {
  const auto children = two();
  const LSTMState y = child_sum_cell(one(1), std::span(children).first(1), weights());
  const double c = squashed(of_i + h0) * std::tanh(of_u - h0) + squashed(of_f + 3 * h0) * c0;
  expect_equal("c = i u + f_0 c_0", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o + 2 * h0) * std::tanh(c));
}

STEP("two children") {
  const LSTMState y = child_sum_cell(one(1), two(), weights());
  const double s = h0 + h1;
  const double c = squashed(of_i + s) * std::tanh(of_u - s) + squashed(of_f + 3 * h0) * c0 +
                   squashed(of_f + 3 * h1) * c1;
  expect_equal("c = i u + f_0 c_0 + f_1 c_1", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o + 2 * s) * std::tanh(c));
}

STEP("two units that do not see each other") {
  // Unit 0 has the numbers of a column, and unit 1 twice these: on the diagonals of blocks (2, 2).
  const auto blocks = [](const std::vector<double>& column) {
    Tensor w = zeros({2 * column.size(), 2});
    for (std::size_t k = 0; k < column.size(); ++k)
      w(2 * k, 0) = column[k], w(2 * k + 1, 1) = 2 * column[k];
    return constant(w);
  };
  const ChildSumWeights w{blocks({0.3, -0.4, 0.5, 0.1}), constant(zeros({8})), blocks({1, 2, -1}),
                          blocks({3})};
  const LSTMState children[] = {{constant({{0.1, 0.2}}), constant({{1, -1}})},
                                {constant({{-0.3, 0.4}}), constant({{2, 0.5}})}};
  const LSTMState y = child_sum_cell(constant({{1, 1}}), children, w);
  Tensor c = zeros({1, 2}), h = zeros({1, 2});
  for (std::size_t j = 0; j < 2; ++j) {
    const double scale = j == 0 ? 1 : 2;
    const double p = children[0].h.value()(0, j), q = children[1].h.value()(0, j), s = p + q;
    c(0, j) = squashed(scale * (0.3 + s)) * std::tanh(scale * (0.5 - s)) +
              squashed(scale * (0.1 + 3 * p)) * children[0].c.value()(0, j) +
              squashed(scale * (0.1 + 3 * q)) * children[1].c.value()(0, j);
    h(0, j) = squashed(scale * (-0.4 + 2 * s)) * std::tanh(c(0, j));
  }
  expect_equal("c", y.c.value(), c);
  expect_equal("h", y.h.value(), h);
}

STEP("the gradients") {
  expect_gradients("I = 3, H = 2, two children",
                   [](const Var& x, const Var& child_h, const Var& child_c, const Var& weight,
                      const Var& bias, const Var& state, const Var& forget) {
                     const auto child = [&](std::size_t k) {
                       return LSTMState{slice(child_h, 0, k, k + 1), slice(child_c, 0, k, k + 1)};
                     };
                     const LSTMState children[] = {child(0), child(1)};
                     const LSTMState y = child_sum_cell(x, children, {weight, bias, state, forget});
                     return concatenate({y.h, y.c}, 1);
                   },
                   {{random({1, 3}, 1), "x"},
                    {random({2, 2}, 2), "the children's h"},
                    {random({2, 2}, 3), "the children's c"},
                    {random({8, 3}, 4), "weight"},
                    {random({8}, 5), "bias"},
                    {random({6, 2}, 6), "state"},
                    {random({2, 2}, 7), "forget"}});
}

STEP("a use: trees of other shapes run together") {
  Rng rng(1);
  const nn::ChildSumTreeLSTM cell({.input_size = 2, .hidden_size = 3}, rng);
  const auto program = [&](std::size_t i) {
    std::vector<LSTMState> children; // none to three
    for (std::size_t k = 0; k < i; ++k)
      children.push_back(cell(constant(random({1, 2}, 10 * i + k)), {}));
    const LSTMState inner[] = {cell(constant(random({1, 2}, i)), children)};
    return cell(constant(random({1, 2}, 50 + i)), inner).h;
  };
  const std::vector<Var> together = run_together(4, program);
  for (std::size_t i = 0; i < 4; ++i)
    expect_equal("the root of tree " + std::to_string(i), together[i].value(), program(i).value());
}
