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

// One unit that reads x = 1: what i, o, u and f get from it are these numbers.
const Tensor read_weight = tensor({4, 1}, {0.3, -0.4, 0.5, 0.1});
const Tensor read_bias = tensor({4}, {0.1, 0.2, 0.3, 0.4});
const double of_i = 0.4, of_o = -0.2, of_u = 0.8, of_f = 0.5;

ChildSumWeights child_sum() {
  return {constant(read_weight), constant(read_bias), constant(tensor({3, 1}, {1, 2, -1})),
          constant(full({1, 1}, 3))};
}
// Of two children: rows for i, o, u, and the two forget gates; a column for each child.
NaryWeights binary() {
  return {constant(read_weight), constant(read_bias),
          constant(tensor({5, 2}, {1, 0.5, 2, -1, -1, 0.25, 3, 0.75, -2, 1.5}))};
}
const double h0 = 0.2, c0 = 2, h1 = -0.7, c1 = -3;
std::vector<LSTMState> two() { return {{one(h0), one(c0)}, {one(h1), one(c1)}}; }

Tensor both(const LSTMState& s) { return concatenate({s.h, s.c}, 1).value(); }

} // namespace

STEP("a leaf") {
  const double c = squashed(of_i) * std::tanh(of_u);
  expect_equal("c of a leaf, child-sum", child_sum_cell(one(1), {}, child_sum()).c.item(), c);
  expect_equal("h of a leaf, child-sum", child_sum_cell(one(1), {}, child_sum()).h.item(),
               squashed(of_o) * std::tanh(c));
  expect_equal("c of a leaf, N-ary", nary_cell(one(1), {}, binary()).c.item(), c);
  expect_equal("h of a leaf, N-ary", nary_cell(one(1), {}, binary()).h.item(),
               squashed(of_o) * std::tanh(c));
}

STEP("child-sum, one child") {
  const auto children = two();
  const LSTMState y = child_sum_cell(one(1), std::span(children).first(1), child_sum());
  const double c = squashed(of_i + h0) * std::tanh(of_u - h0) + squashed(of_f + 3 * h0) * c0;
  expect_equal("c = i u + f c_0", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o + 2 * h0) * std::tanh(c));
}

STEP("child-sum, two children") {
  const LSTMState y = child_sum_cell(one(1), two(), child_sum());
  const double s = h0 + h1;
  const double c = squashed(of_i + s) * std::tanh(of_u - s) + squashed(of_f + 3 * h0) * c0 +
                   squashed(of_f + 3 * h1) * c1;
  expect_equal("c = i u + f_0 c_0 + f_1 c_1", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), squashed(of_o + 2 * s) * std::tanh(c));
}

STEP("child-sum, units apart") {
  // Two units whose weights do not mix them: each is a cell of one unit.
  const auto twice = [](const Tensor& column) { // (k, 1) or (k) -> each entry twice, as a diagonal
    Tensor out = zeros({2 * column.size(), 2});
    for (std::size_t k = 0; k < column.size(); ++k)
      out(2 * k, 0) = column.data()[k], out(2 * k + 1, 1) = 2 * column.data()[k];
    return out;
  };
  const ChildSumWeights w{constant(twice(read_weight)), constant(zeros({8})),
                          constant(twice(tensor({3}, {1, 2, -1}))),
                          constant(twice(tensor({1}, {3})))};
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
  expect_equal("c of two units", y.c.value(), c);
  expect_equal("h of two units", y.h.value(), h);
}

STEP("N-ary, two children") {
  const LSTMState y = nary_cell(one(1), two(), binary());
  const double i = squashed(of_i + h0 + 0.5 * h1), u = std::tanh(of_u - h0 + 0.25 * h1),
               o = squashed(of_o + 2 * h0 - h1), f0 = squashed(of_f + 3 * h0 + 0.75 * h1),
               f1 = squashed(of_f - 2 * h0 + 1.5 * h1);
  const double c = i * u + f0 * c0 + f1 * c1;
  expect_equal("c = i u + f_0 c_0 + f_1 c_1", y.c.item(), c);
  expect_equal("h = o tanh(c)", y.h.item(), o * std::tanh(c));
}

STEP("N-ary with one child is an LSTM") {
  // i, o, u, f here; i, f, g, o there
  const Tensor w_ih = random({12, 2}, 1), bias = random({12}, 2), w_hh = random({12, 3}, 3);
  const auto ours = [](const Tensor& w) {
    const Var x = constant(w);
    const auto block = [&](std::size_t k) { return slice(x, 0, 3 * k, 3 * k + 3); };
    return concatenate({block(0), block(3), block(2), block(1)}, 0);
  };
  const Var x = constant(random({1, 2}, 4));
  const LSTMState before{constant(random({1, 3}, 5)), constant(random({1, 3}, 6))};
  const LSTMState children[] = {before};
  expect_equal("h and c of a chain",
               both(nary_cell(x, children, {ours(w_ih), ours(bias), ours(w_hh)})),
               both(lstm_cell(x, before, constant(w_ih), constant(w_hh), constant(bias), Var{})));
}

STEP("the gradients") {
  const auto check = [](const std::string& what, const auto& cell,
                        const std::vector<GradcheckInput>& weights) {
    std::vector<GradcheckInput> inputs = {{random({1, 3}, 1), "x"},
                                          {random({1, 2}, 2), "h0"},
                                          {random({1, 2}, 3), "c0"},
                                          {random({1, 2}, 4), "h1"},
                                          {random({1, 2}, 5), "c1"}};
    inputs.insert(inputs.end(), weights.begin(), weights.end());
    expect_gradients_of(
        what,
        [&](const std::vector<Var>& in) {
          const LSTMState children[] = {{in[1], in[2]}, {in[3], in[4]}};
          const LSTMState y = cell(in, children);
          return concatenate({y.h, y.c}, 1);
        },
        inputs);
  };
  check("child_sum_cell, I = 3, H = 2",
        [](const std::vector<Var>& in, std::span<const LSTMState> children) {
          return child_sum_cell(in[0], children, {in[5], in[6], in[7], in[8]});
        },
        {{random({8, 3}, 6), "weight"},
         {random({8}, 7), "bias"},
         {random({6, 2}, 8), "state"},
         {random({2, 2}, 9), "forget"}});
  check("nary_cell, I = 3, H = 2, N = 2",
        [](const std::vector<Var>& in, std::span<const LSTMState> children) {
          return nary_cell(in[0], children, {in[5], in[6], in[7]});
        },
        {{random({8, 3}, 6), "weight"}, {random({8}, 7), "bias"}, {random({10, 4}, 8), "state"}});
}

STEP("a use: trees of other shapes run together") {
  Rng rng(1);
  const nn::ChildSumTreeLSTM cell({.input_size = 2, .hidden_size = 3}, rng);
  const auto leaf = [&](std::uint64_t seed) { return cell(constant(random({1, 2}, seed)), {}); };
  const auto program = [&](std::size_t i) {
    std::vector<LSTMState> children;
    for (std::size_t k = 0; k < i; ++k) children.push_back(leaf(10 * i + k)); // 0 to 3 of them
    const LSTMState inner[] = {cell(constant(random({1, 2}, i)), children)};
    return cell(constant(random({1, 2}, 50 + i)), inner).h;
  };
  const std::vector<Var> together = run_together(4, program);
  for (std::size_t i = 0; i < 4; ++i)
    expect_equal("the root of tree " + std::to_string(i), together[i].value(), program(i).value());
}
