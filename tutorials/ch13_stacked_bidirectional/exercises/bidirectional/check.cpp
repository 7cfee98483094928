#include "expect.hpp"

#include "autograd/operators/functions.hpp"
#include "nn/recurrent/bidirectional.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"

using namespace tapestry;

// A walk that adds up all it has met.
static Var running_sum(const Var& x) {
  Tensor y = x.value();
  const std::size_t row = y.size() / y.shape()[0];
  for (std::size_t i = row; i < y.size(); ++i) y.data()[i] += y.data()[i - row];
  return constant(y);
}

static Var unchanged(const Var& x) { return x; }

STEP("what each walk sees") {
  const Var x = constant(tensor({3, 2, 1}, {1, 4, 2, 5, 3, 0}));
  const auto seen_by = [&](bool forward) {
    Tensor seen;
    const Walk look = [&](const Var& v) { return seen = v.value(), v; };
    bidirectional(x, {3, 2}, forward ? look : Walk(unchanged), forward ? Walk(unchanged) : look);
    return seen;
  };
  expect_equal("forward, of 1 2 3 and 4 5", seen_by(true), tensor({3, 2, 1}, {1, 4, 2, 5, 3, 0}));
  expect_equal("reverse, of 1 2 3 and 4 5", seen_by(false), tensor({3, 2, 1}, {3, 5, 2, 4, 1, 0}));
}

STEP("what comes out") {
  const Var x = constant(tensor({3, 2, 1}, {1, 4, 2, 5, 3, 0}));
  expect_equal("sums from the left beside sums from the right, of 1 2 3 and 4 5",
               bidirectional(x, {3, 2}, running_sum, running_sum).value(),
               {{{1, 6}, {4, 9}}, {{3, 5}, {9, 5}}, {{6, 3}, {9, 9}}});
}

STEP("the gradient") {
  expect_gradients("tanh one way, sigmoid the other",
                   [](const Var& x) {
                     return bidirectional(
                         x, {2, 4, 1}, [](const Var& v) { return tanh(v); },
                         [](const Var& v) { return sigmoid(v); });
                   },
                   {random({4, 3, 2}, 1)});
}

STEP("a use: nn::GRU in both directions") {
  Rng rng(1);
  nn::GRU both({.input_size = 2, .hidden_size = 3, .bidirectional = true}, rng);
  nn::GRU forward({.input_size = 2, .hidden_size = 3}, rng);
  nn::GRU reverse({.input_size = 2, .hidden_size = 3}, rng);
  nn::StateDict ahead, back;
  for (const auto& [name, value] : both.state_dict())
    if (name.ends_with("_reverse"))
      back[name.substr(0, name.size() - 8)] = value;
    else
      ahead[name] = value;
  forward.load_state_dict(ahead);
  reverse.load_state_dict(back);
  const Var x = constant(random({4, 2, 2}, 2));
  const Var y = bidirectional(
      x, {4, 2}, [&](const Var& v) { return forward(v).output; },
      [&](const Var& v) { return reverse(v).output; });
  expect_equal("packed rows of lengths 4, 2", pack_padded_sequence(y, {4, 2}).data.value(),
               both(pack_padded_sequence(x, {4, 2})).output.data.value());
}
