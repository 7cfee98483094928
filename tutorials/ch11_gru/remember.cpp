// Trains GRUs to remember one bit over ten, twenty and forty steps of noise, as chapter 10 does.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t batch = 12, hidden = 4, most = 1000, seeds = 10;

// x: (T, B, 3), value, store, show: noise but for one step of the first five, where `store` is on.
// `show` is on in the last. answer: (B, 1)
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

// Trains until the mean loss of 50 steps is below 0.1. -> the steps that it took, or more than
// `most`
template <class Net>
std::size_t train(Net& net, nn::Linear& head, std::size_t steps, std::uint64_t seed) {
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.01});
  Rng rng(seed);
  double total = 0;
  for (std::size_t step = 1; step <= most; ++step) {
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
    if (step % 50 > 0) continue;
    if (total / 50 < 0.1) return step;
    total = 0;
  }
  return most + 1;
}

// The block of the gate that keeps is entries H .. 2H-1 in both cells: f of one, z of the other.
template <class Net> std::size_t run(std::size_t steps, double bias, std::uint64_t seed) {
  Rng rng(seed);
  Net net({.input_size = 3, .hidden_size = hidden}, rng);
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  std::fill_n(net.weights().bias_ih.value().data() + hidden, hidden, bias);
  std::fill_n(net.weights().bias_hh.value().data() + hidden, hidden, 0);
  return train(net, head, steps, seed);
}

template <class Net> std::size_t size() {
  Rng rng(1);
  Net net({.input_size = 3, .hidden_size = hidden}, rng);
  std::size_t n = 0;
  for (const Parameter& p : net.parameters()) n += p.value().size();
  return n;
}

template <class Net> void row(const char* name, int bias) {
  fmt::print("{:<5} {:>8} {:>10}  ", name, bias, size<Net>());
  for (std::size_t steps : {10u, 20u, 40u}) {
    std::vector<std::size_t> took;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) took.push_back(run<Net>(steps, bias, seed));
    std::sort(took.begin(), took.end());
    const auto learned = std::upper_bound(took.begin(), took.end(), most) - took.begin();
    // Of ten numbers the sixth: where fewer learned it, there is none.
    const std::size_t middle = took[seeds / 2];
    fmt::print(" {:>7} ({:>2})", middle > most ? "-" : std::to_string(middle), learned);
  }
  fmt::print("\n");
}

} // namespace

int main() {
  fmt::print("cell   bias f, z   numbers      10 steps    20 steps    40 steps\n");
  for (int bias : {0, 1, 3}) row<nn::LSTM>("LSTM", bias);
  for (int bias : {0, 1, 3}) row<nn::GRU>("GRU", bias);
}
