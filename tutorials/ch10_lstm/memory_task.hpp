// The chapter's task, a memory with the commands store and show, and training on it.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry {

/// How long the sequences are, and how often each command is on.
struct Setting {
  std::size_t steps = 40;
  double store = 0.1, show = 0.1;
};

/// x: (T, B, 3), value, store, show. The value is +1 or -1 in every step, and noise unless `store`
/// is on. answer: (T, B, 1), in a step with `show` on the value that was stored last, else 0.
struct Task {
  Tensor x, answer;
};

inline Task draw(const Setting& setting, Rng& rng) {
  constexpr std::size_t batch = 12; // so small a batch runs on one thread
  const std::size_t steps = setting.steps;
  Task task{zeros({steps, batch, 3}), zeros({steps, batch, 1})};
  for (std::size_t b = 0; b < batch; ++b) {
    real stored = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const real value = rng.chance(0.5) ? 1 : -1;
      const bool store = rng.chance(setting.store), show = !store && rng.chance(setting.show);
      if (store) stored = value;
      task.x(t, b, 0) = value, task.x(t, b, 1) = store, task.x(t, b, 2) = show;
      task.answer(t, b, 0) = show ? stored : 0;
    }
  }
  return task;
}

struct Memory {
  nn::LSTM lstm;
  nn::Linear head;

  Memory(std::size_t hidden, Rng& rng)
      : lstm({.input_size = 3, .hidden_size = hidden}, rng),
        head({.in_features = hidden, .out_features = 1}, rng) {
    // remember at first: the forget gate's bias is 3
    std::fill_n(lstm.weights().bias_ih.value().data() + hidden, hidden, real{3});
  }
};

/// Trains for a thousand steps. -> the loss of each
inline std::vector<double> train(Memory& net, const Setting& setting, Rng& rng) {
  std::vector<Parameter> parameters = net.lstm.parameters();
  for (const Parameter& p : net.head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.02});
  std::vector<double> losses;
  for (std::size_t step = 1; step <= 1000; ++step) {
    const Task task = draw(setting, rng);
    adam.zero_grad();
    Tape tape;
    const auto [output, state] = net.lstm(constant(task.x));
    const Var loss = mse_loss(net.head(output), constant(task.answer));
    tape.backward(loss);
    nn::clip_grad_norm(parameters, 1);
    adam.step();
    losses.push_back(loss.item());
  }
  return losses;
}

/// The gates of one step before their nonlinearities, (1, 4H): what lstm_cell computes on its way.
inline Var gates_of(const nn::RecurrentWeights& w, const Var& x, const Var& h) {
  const Var from_input = affine(x, w.weight_ih, w.bias_ih);
  const Var from_state = affine(h, w.weight_hh, w.bias_hh);
  return from_input + from_state;
}

} // namespace tapestry
