#include "expect.hpp"

#include <cmath>

#include "autograd/operators/dropout.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/gru_sequence.hpp"
#include "nn/recurrent/lstm.hpp"

using namespace tapestry;

static nn::GRU gru(std::size_t layers, bool bidirectional, double dropout = 0) {
  Rng rng(1);
  return nn::GRU({.input_size = 2,
                  .hidden_size = 3,
                  .num_layers = layers,
                  .dropout = dropout,
                  .bidirectional = bidirectional},
                 rng);
}

// One direction of one layer, as a net of its own.
static nn::GRU part_of(const nn::GRU& net, std::size_t layer, bool reverse) {
  const nn::RecurrentWeights& w = net.weights(layer, reverse);
  Rng rng(1);
  nn::GRU part({.input_size = w.weight_ih.shape()[1], .hidden_size = 3}, rng);
  part.load_state_dict({{"weight_ih_l0", w.weight_ih.value()},
                        {"weight_hh_l0", w.weight_hh.value()},
                        {"bias_ih_l0", w.bias_ih.value()},
                        {"bias_hh_l0", w.bias_hh.value()}});
  return part;
}

STEP("one layer") {
  const nn::GRU net = gru(1, false);
  const Var x = constant(random({4, 2, 2}, 1));
  Var h = constant(zeros({2, 3})), last = h;
  const nn::RecurrentWeights& w = net.weights();
  for (std::size_t t = 0; t < 4; ++t)
    h = gru_cell(select(x, 0, t), h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
  const auto r = net(x);
  expect_equal("the output's shape", r.output.shape(), Shape{4, 2, 3});
  expect_equal("the last state", r.state.value(), reshaped(h.value(), {1, 2, 3}));
}

STEP("two layers, each with its part of the state") {
  const nn::GRU net = gru(2, false), low = part_of(net, 0, false), high = part_of(net, 1, false);
  const Var x = constant(random({4, 2, 2}, 1)), start = constant(random({2, 2, 3}, 2));
  const auto r = net(x, start);
  const auto below = low(x, slice(start, 0, 0, 1));
  const auto above = high(below.output, slice(start, 0, 1, 2));
  expect_equal("the output", r.output.value(), above.output.value());
  expect_equal("the last state", r.state.value(), concatenate({below.state, above.state}).value());
}

STEP("two directions") {
  const nn::GRU net = gru(1, true), ahead = part_of(net, 0, false), back = part_of(net, 0, true);
  const Var x = constant(random({4, 2, 2}, 1));
  const auto turned = [](const Var& v) {
    return stack({select(v, 0, 3), select(v, 0, 2), select(v, 0, 1), select(v, 0, 0)});
  };
  const auto r = net(x), f = ahead(x), b = back(turned(x));
  expect_equal("the output", r.output.value(),
               concatenate({f.output, turned(b.output)}, -1).value());
  expect_equal("the last states", r.state.value(), concatenate({f.state, b.state}).value());
}

STEP("dropout between the layers") {
  const nn::GRU net = gru(2, false, 0.5);
  const Var x = constant(random({4, 2, 2}, 1));
  Rng a(1), b(2);
  const Var first = net(x, a).output, second = net(x, b).output;
  double differs = 0, zero = 0;
  for (std::size_t i = 0; i < first.value().size(); ++i) {
    differs += first.value().data()[i] != second.value().data()[i];
    zero += first.value().data()[i] == 0;
  }
  expect("two walks in training", differs > 0, "they do not differ", {differs});
  expect("the output of the highest layer", zero == 0, "entries of it were dropped");
  Rng c(3), untouched(3);
  gru(1, false, 0.5)(x, c);
  expect("a single layer", c.state() == untouched.state(), "something was drawn, as for dropout");
}

STEP("how much is dropped") {
  const nn::GRU net = gru(2, false, 0.2), low = part_of(net, 0, false),
                high = part_of(net, 1, false);
  const Var x = constant(random({4, 2, 2}, 1));
  Rng a(1), b(1);
  expect_equal("the output for dropout 0.2", net(x, a).output.value(),
               high(dropout(low(x).output, 0.2, b)).output.value());
}

STEP("dropout in evaluation") {
  nn::GRU net = gru(2, false, 0.5);
  net.eval();
  const nn::GRU plain = gru(2, false);
  const Var x = constant(random({4, 2, 2}, 1));
  Rng rng(1);
  expect_equal("the output, as without dropout", net(x, rng).output.value(),
               plain(x).output.value());
}

STEP("the bound on gradients") {
  // The gradient of the input, against the operator of one layer after the other.
  Rng rng(1);
  const nn::GRU net({.input_size = 2, .hidden_size = 3, .num_layers = 2, .gradient_clip = 0.01},
                    rng);
  const auto layer = [&](const Var& x, std::size_t l) {
    const nn::RecurrentWeights& w = net.weights(l);
    return gru_sequence({.x = x,
                         .steps = {4, 2},
                         .directions = {{w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, {}}},
                         .h = {},
                         .c = {},
                         .gradient_clip = 0.01})
        .output;
  };
  const auto gradient = [](const auto& run) {
    const Var x = variable(random({4, 2, 2}, 1), "x");
    Tape tape;
    tape.backward(run(x), random({4, 2, 3}, 2));
    return Tensor(x.grad());
  };
  expect_equal("dx, with gradient_clip = 0.01",
               gradient([&](const Var& x) { return net(x).output; }),
               gradient([&](const Var& x) { return layer(layer(x, 0), 1); }));
}

STEP("an LSTM with a projection") {
  Rng rng(1);
  nn::LSTM low({.input_size = 2, .hidden_size = 3, .proj_size = 2}, rng);
  nn::LSTM high({.input_size = 2, .hidden_size = 3, .proj_size = 2}, rng);
  nn::LSTM net({.input_size = 2, .hidden_size = 3, .num_layers = 2, .proj_size = 2}, rng);
  nn::StateDict weights = low.state_dict();
  for (auto& [name, value] : high.state_dict())
    weights[name.substr(0, name.size() - 1) + "1"] = value;
  net.load_state_dict(weights);
  const Var x = constant(random({4, 2, 2}, 1));
  const Var h = constant(random({2, 2, 2}, 2)), c = constant(random({2, 2, 3}, 3));
  const auto of = [](const Var& v, std::size_t l) { return slice(v, 0, l, l + 1); };
  const auto r = net(x, {h, c});
  const auto below = low(x, {of(h, 0), of(c, 0)});
  const auto above = high(below.output, {of(h, 1), of(c, 1)});
  expect_equal("the output", r.output.value(), above.output.value());
  expect_equal("the last h", r.state.h.value(),
               concatenate({below.state.h, above.state.h}).value());
  expect_equal("the last c", r.state.c.value(),
               concatenate({below.state.c, above.state.c}).value());
}

STEP("a use: an LSTM of two layers and two directions") {
  Rng rng(1);
  nn::LSTM lstm({.input_size = 2, .hidden_size = 3, .num_layers = 2, .bidirectional = true}, rng);
  expect_gradients("its last states",
                   [&](const Var& x, const Var& h, const Var& c) {
                     const auto r = lstm(x, {h, c});
                     return concatenate({r.state.h, r.state.c});
                   },
                   {random({3, 2, 2}, 1), random({4, 2, 3}, 2), random({4, 2, 3}, 3)});
}
