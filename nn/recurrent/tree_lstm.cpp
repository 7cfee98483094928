#include "nn/recurrent/tree_lstm.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/init.hpp"
#include "nn/recurrent/sequence.hpp"
#include "nn/tree_step.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Var block(const Operand& x, std::size_t h, std::size_t first, std::size_t count = 1) {
  return slice(x, -1, first * h, (first + count) * h);
}

} // namespace

//> child-sum-cell
LSTMState child_sum_cell(const Operand& x, std::span<const LSTMState> children,
                         const ChildSumWeights& w) {
  const Inside cell(x.caller());
  const std::size_t h = w.forget.shape()[0];
  const Var read = linear(x, w.weight, w.bias); // (1, 4H)
  Var gates = block(read, h, 0, 3);             // (1, 3H)
  if (!children.empty()) {
    Var sum = children[0].h;
    for (const LSTMState& child : children.subspan(1)) sum = sum + child.h;
    gates = gates + linear(sum, w.state);
  }
  const Var i = sigmoid(block(gates, h, 0)), o = sigmoid(block(gates, h, 1)),
            u = tanh(block(gates, h, 2));
  Var c = i * u;
  for (const LSTMState& child : children) {
    const Var f = sigmoid(block(read, h, 3) + linear(child.h, w.forget)); // how much of this child
    c = c + f * child.c;
  }
  return {o * tanh(c), c};
}
//< child-sum-cell

//> nary-cell
LSTMState nary_cell(const Operand& x, std::span<const LSTMState> children, const NaryWeights& w) {
  const Inside cell(x.caller());
  const std::size_t h = w.bias.shape()[0] / 4;
  const Var read = linear(x, w.weight, w.bias); // (1, 4H)
  Var gates = block(read, h, 0, 3), forget;     // (1, 3H), (1, NH)
  if (!children.empty()) {
    std::vector<Var> states;
    for (const LSTMState& child : children) states.push_back(child.h);
    const Var sent = linear(concatenate(states, -1), w.state); // (1, (3 + N)H)
    gates = gates + block(sent, h, 0, 3);
    forget = block(sent, h, 3, children.size());
  }
  const Var i = sigmoid(block(gates, h, 0)), o = sigmoid(block(gates, h, 1)),
            u = tanh(block(gates, h, 2));
  Var c = i * u;
  for (std::size_t k = 0; k < children.size(); ++k) {
    const Var f = sigmoid(block(read, h, 3) + block(forget, h, k));
    c = c + f * children[k].c;
  }
  return {o * tanh(c), c};
}
//< nary-cell

namespace nn {
namespace {

// (4H), of i, o, u and f.
Parameter tree_bias(std::size_t h, Rng& rng) {
  Tensor b = fan_uniform({4 * h}, h, rng);
  for (std::size_t j = 3 * h; j < 4 * h; ++j) b(j) += 1;
  return Parameter("bias", std::move(b));
}

} // namespace

ChildSumTreeLSTM::ChildSumTreeLSTM(const TreeLSTMOptions& o, Rng& rng)
    : weight("weight", fan_uniform({4 * o.hidden_size, o.input_size}, o.hidden_size, rng)),
      bias(tree_bias(o.hidden_size, rng)),
      state("state", fan_uniform({3 * o.hidden_size, o.hidden_size}, o.hidden_size, rng)),
      forget("forget", fan_uniform({o.hidden_size, o.hidden_size}, o.hidden_size, rng)) {}

LSTMState ChildSumTreeLSTM::operator()(const Operand& x,
                                       std::span<const LSTMState> children) const {
  const Inside layer = inside(x.caller());
  return child_sum_cell(x, children, {weight, bias, state, forget});
}

void ChildSumTreeLSTM::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
  v("state", state);
  v("forget", forget);
}

NaryTreeLSTM::NaryTreeLSTM(const TreeLSTMOptions& o, Rng& rng)
    : weight("weight", fan_uniform({4 * o.hidden_size, o.input_size}, o.hidden_size, rng)),
      bias(tree_bias(o.hidden_size, rng)),
      state("state", fan_uniform({(3 + o.children) * o.hidden_size, o.children * o.hidden_size},
                                 o.children * o.hidden_size, rng)),
      children_(o.children) {}

// For all examples that are at such a node: their rows under each other, as one node. Nothing if
// the shapes do not fit, so that the example's own call says which.
std::optional<LSTMState> NaryTreeLSTM::together(const Operand& x,
                                                std::span<const LSTMState> children) const {
  const bool reads = given(x);
  if (!batching() || (!reads && children.empty())) return {};
  const std::size_t rows = reads ? x.shape()[0] : children[0].h.shape()[0];
  const Shape state_shape{rows, bias.shape()[0] / 4};
  if (reads && x.shape() != Shape{rows, weight.shape()[1]}) return {};
  Pooled<Stacked> stacked; // x, if it is there; h and c of each child
  if (reads) stacked.emplace_back(x);
  for (const LSTMState& child : children)
    for (const Var* part : {&child.h, &child.c}) {
      if (part->shape() != state_shape) return {};
      stacked.emplace_back(std::span(part, 1));
    }
  const auto call = [&](const Joined& all) {
    const Operand* next = all.x.data();
    const Operand& read = reads ? *next++ : x;
    Pooled<LSTMState> of_all(children.size());
    for (LSTMState& child : of_all) child = {next[0], next[1]}, next += 2;
    const LSTMState y = (*this)(read, of_all);
    return BatchedResults{y.h, y.c};
  };
  const BatchedResults y = wait_for_others({.op = "tree_lstm",
                                            .at = Inside::line(x.caller()),
                                            .shape = state_shape,
                                            .stacked = std::span<const Stacked>(stacked),
                                            .shared = {&weight, &bias, &state},
                                            .second_shape = state_shape},
                                           std::cref(call));
  if (y.empty()) return {};
  return LSTMState{y[0], y[1]};
}

LSTMState NaryTreeLSTM::operator()(const Operand& x, std::span<const LSTMState> children) const {
  const Inside layer = inside(x.caller());
  if (!children.empty() && children.size() != children_)
    throw std::invalid_argument(fmt::format("NaryTreeLSTM at {}: {} children, expected {} or none",
                                            Inside::describe(x.caller()), children.size(),
                                            children_));
  if (const auto y = together(x, children)) return *y;
  const Operand read(given(x) ? linear(x, weight, bias) : Var(bias), x.caller()); // (B, 4H) or (4H)
  std::vector<Var> states, cells;
  for (const LSTMState& child : children) states.push_back(child.h), cells.push_back(child.c);
  const Var sent = children.empty() ? Var() : linear(concatenate(states, -1), state);
  const Var c = tree_cell(read, sent, cells);
  return {tree_output(read, sent, c), c};
}

void NaryTreeLSTM::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
  v("state", state);
}

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
