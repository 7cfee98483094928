#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/lstm.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

// One unit whose gates are chosen by its bias alone, over some steps. In each of them the gates are
// (0.5, 1, -0.5, 0.25) before their nonlinearities; the first cell is 2.
struct OneUnit {
  nn::LSTM net;
  Var c = variable(full({1, 1, 1}, 2), "c");

  static nn::LSTM made(double clip) {
    Rng rng(1);
    return {{.input_size = 1, .hidden_size = 1, .gradient_clip = clip}, rng};
  }
  explicit OneUnit(double clip = 0) : net(made(clip)) {
    nn::RecurrentWeights& w = net.weights();
    w.weight_ih.value() = zeros({4, 1});
    w.weight_hh.value() = zeros({4, 1});
    w.bias_ih.value() = Tensor{0.5, 1, -0.5, 0.25};
    w.bias_hh.value() = zeros({4});
  }
  // Gradients of dh h' + dc c' of the last step. -> that of the bias: all steps' gates, summed
  Tensor gates(std::size_t steps, double dh, double dc) {
    Tape tape;
    const auto [output, state] =
        net(constant(zeros({steps, 1, 1})), {constant(zeros({1, 1, 1})), c});
    const Var seed = state.h * dh + state.c * dc;
    tape.backward(sum(seed));
    return net.weights().bias_ih.grad();
  }
};

const double i = squashed(0.5), f = squashed(1), g = std::tanh(-0.5), o = squashed(0.25);
const double next = f * 2 + i * g, seen = std::tanh(next);

} // namespace

STEP("the gates' gradients, from c' alone") {
  OneUnit unit;
  expect_equal("i, f, g, o for dh = 0 and dc = 1", unit.gates(1, 0, 1),
               {g * i * (1 - i), 2 * f * (1 - f), i * (1 - g * g), 0});
}

STEP("and from h'") {
  OneUnit unit;
  const double dnext = o * (1 - seen * seen);
  expect_equal("i, f, g, o for dh = 1 and dc = 0", unit.gates(1, 1, 0),
               {dnext * g * i * (1 - i), dnext * 2 * f * (1 - f), dnext * i * (1 - g * g),
                seen * o * (1 - o)});
}

STEP("the cell's gradient") {
  OneUnit unit;
  unit.gates(1, 0, 1);
  expect_equal("dc of the step before, for dc' = 1", unit.c.grad(), full({1, 1, 1}, f));
}

STEP("the cell's gradient through three steps") {
  OneUnit unit;
  unit.gates(3, 0, 1);
  expect_equal("dc three steps back, for dc' = 1", unit.c.grad(), full({1, 1, 1}, f * f * f));
}

STEP("the bound on the gates' gradients") {
  OneUnit unit(0.1);
  expect_equal("i, f, g, o for dc = 1, clipped at 0.1", unit.gates(1, 0, 1),
               {g * i * (1 - i) < -0.1 ? -0.1 : g * i * (1 - i), 0.1, 0.1, 0});
  expect_equal("dc, which is not clipped", unit.c.grad(), full({1, 1, 1}, f));
  OneUnit other(0.1);
  expect_equal("o for dh = 1, clipped at 0.1", other.gates(1, 1, 0)(3), 0.1);
}

STEP("the gradient") {
  Rng rng(1);
  const nn::LSTM net({.input_size = 3, .hidden_size = 2}, rng);
  expect_gradients("four steps, from a state",
                   [&](const Var& x, const Var& h, const Var& c) {
                     const auto [output, state] = net(x, {h, c});
                     return concatenate({output, state.c});
                   },
                   {random({4, 3, 3}, 1), random({1, 3, 2}, 2), random({1, 3, 2}, 3)});
}

STEP("a use: as the composed cell in a loop") {
  Rng rng(2);
  nn::LSTM net({.input_size = 3, .hidden_size = 4}, rng);
  const Tensor x = random({5, 2, 3}, 1), seed = random({5, 2, 4}, 2);
  const auto gradient = [&](const auto& run) {
    for (const Parameter& p : net.parameters()) p.zero_grad();
    Tape tape;
    tape.backward(run(constant(x)), seed);
    return Tensor(net.weights().weight_hh.grad());
  };
  const Tensor composed = gradient([&](const Var& in) {
    const nn::RecurrentWeights& w = net.weights();
    LSTMState state = net.zero_state(2);
    std::vector<Var> shown;
    for (std::size_t t = 0; t < 5; ++t) {
      state = lstm_cell(select(in, 0, t), state, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
      shown.push_back(state.h);
    }
    return stack(shown);
  });
  expect_equal("the gradient of weight_hh_l0",
               gradient([&](const Var& in) { return net(in).output; }), composed);
}
