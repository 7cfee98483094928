// Trains nets to remember one bit over ten, twenty and forty steps of noise: which forget biases
// can?
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 12, hidden = 4, most = 1000, seeds = 5;

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
template <class Net>
std::vector<double> train(Net& net, nn::Linear& head, std::size_t steps, std::uint64_t seed) {
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.01});
  Rng rng(seed);
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

std::vector<double> elman(std::size_t steps, std::uint64_t seed) {
  Rng rng(seed);
  nn::RNN net({.input_size = 3, .hidden_size = hidden}, rng);
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  return train(net, head, steps, seed);
}

std::vector<double> lstm(std::size_t steps, real forget_bias, std::uint64_t seed) {
  Rng rng(seed);
  nn::LSTM net({.input_size = 3, .hidden_size = hidden}, rng);
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  //> forget-bias
  // The two biases are added to each other. Their f blocks are entries H .. 2H-1.
  nn::RecurrentWeights& w = net.weights();
  std::fill_n(w.bias_ih.value().data() + hidden, hidden, forget_bias);
  std::fill_n(w.bias_hh.value().data() + hidden, hidden, real{0});
  //< forget-bias
  return train(net, head, steps, seed);
}

} // namespace

int main() {
  const std::vector<std::size_t> lengths{10, 20, 40};
  fmt::print("{:<22}", "");
  for (std::size_t steps : lengths) fmt::print("    {:>2} steps   ", steps);
  fmt::print("\n");
  double reach = 0; // the longest that all seeds learned, in lengths of the memory at the start
  const auto row = [&](const std::string& name, double memory, const auto& run) {
    fmt::print("{:<22}", name);
    for (std::size_t steps : lengths) {
      std::vector<std::size_t> needed;
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::vector<double> losses = run(steps, seed);
        if (losses.back() < 0.1) needed.push_back(losses.size() * 50);
      }
      std::sort(needed.begin(), needed.end());
      if (memory > 0 && needed.size() == seeds)
        reach = std::max(reach, static_cast<double>(steps) / memory);
      fmt::print(" {:>14}", needed.empty() ? "-"
                                           : fmt::format("{}: {}-{}", needed.size(), needed.front(),
                                                         needed.back()));
    }
    fmt::print("\n");
  };
  row("Elman", 0, elman);
  for (int b : {-2, 0, 1, 2, 3})
    row(fmt::format("LSTM, forget bias {:>2}", b), 1 + std::exp(b),
        [&](std::size_t steps, std::uint64_t seed) {
          return lstm(steps, static_cast<real>(b), seed);
        });
  fmt::print(
      "of {} seeds, how many learned it within {} steps: the fewest and the most they took\n",
      seeds, most);
  keep("remember.json", nlohmann::json{{"reach", std::round(10 * reach) / 10}}.dump(1) + "\n");

  fmt::print("\nOver 100 steps:\n");
  for (int b : {3, 4}) {
    std::size_t learned = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
      learned += lstm(100, static_cast<real>(b), seed).back() < 0.1;
    fmt::print("  forget bias {}  {} of {}\n", b, learned, seeds);
  }
}
