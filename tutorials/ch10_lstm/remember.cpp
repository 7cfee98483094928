// Trains nets to remember one bit over ten, twenty and forty steps of noise: which forget biases
// can?
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 12, hidden = 4, most = 1000;

//> task
// x: (T, B, 3), value, store, show. In every step the value is +1 or -1, noise but for one: where
// `store` is on, somewhere in the first five steps. `show` is on in the last step. answer: (B, 1)
struct Task {
  Tensor x, answer;
};

Task draw(std::size_t steps, Rng& rng) {
  Task task{zeros({steps, batch, 3}), zeros({batch, 1})};
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t t = 0; t < steps; ++t) task.x(t, b, 0) = rng.chance(0.5) ? 1 : -1;
    const std::size_t at = rng.below(5);
    task.x(at, b, 1) = 1;
    task.x(steps - 1, b, 2) = 1;
    task.answer(b, 0) = task.x(at, b, 0) > 0 ? 1 : 0;
  }
  return task;
}
//< task

//> train
// Trains until the mean loss of 50 steps is below 0.1. -> all such means
template <class Net> std::vector<double> train(Net& net, nn::Linear& head, std::size_t steps) {
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.01});
  Rng rng(1);
  std::vector<double> losses;
  while (losses.size() < most / 50 && (losses.empty() || losses.back() > 0.1)) {
    double total = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      const Task task = draw(steps, rng);
      adam.zero_grad();
      Tape tape;
      const auto [output, state] = net(constant(task.x));
      const Var last = select(output, 0, steps - 1);
      const Var loss = binary_cross_entropy(head(last), constant(task.answer));
      tape.backward(loss);
      nn::clip_grad_norm(parameters, 1);
      adam.step();
      total += loss.item();
    }
    losses.push_back(total / 50);
  }
  return losses;
}
//< train

std::vector<double> elman(std::size_t steps) {
  Rng rng(1);
  nn::RNN net({.input_size = 3, .hidden_size = hidden}, rng);
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  return train(net, head, steps);
}

std::vector<double> lstm(std::size_t steps, real forget_bias) {
  Rng rng(1);
  nn::LSTM net({.input_size = 3, .hidden_size = hidden}, rng);
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  //> forget-bias
  // The two biases are added to each other. Their f blocks are entries H .. 2H-1.
  nn::RecurrentWeights& w = net.weights();
  std::fill_n(w.bias_ih.value().data() + hidden, hidden, forget_bias);
  std::fill_n(w.bias_hh.value().data() + hidden, hidden, real{0});
  //< forget-bias
  return train(net, head, steps);
}

} // namespace

int main() {
  const std::vector<std::size_t> lengths{10, 20, 40};
  fmt::print("{:<24}", "training steps needed");
  for (std::size_t steps : lengths) fmt::print(" {:>4} steps", steps);
  fmt::print("\n");
  const auto row = [&](const std::string& name, const auto& run) {
    fmt::print("{:<24}", name);
    for (std::size_t steps : lengths) {
      const std::vector<double> losses = run(steps);
      const bool learned = losses.back() < 0.1;
      fmt::print(" {:>10}", learned ? fmt::format("{}", losses.size() * 50) : "never");
    }
    fmt::print("\n");
  };
  row("Elman", elman);
  for (int b : {-2, 0, 1, 3})
    row(fmt::format("LSTM, forget bias {:>2}", b),
        [&](std::size_t steps) { return lstm(steps, static_cast<real>(b)); });
  fmt::print("never: not within {} steps, {} sequences each\n", most, batch);
}
