// Adam in numbers: its first steps, the sizes it does not see, and two kinds of weight decay.
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

// The lengths of Adam's steps, in units of the learning rate, for a gradient that depends on the
// step alone: 1, 2, ...
std::vector<double> step_lengths(const std::function<double(int)>& gradient, int steps) {
  Parameter w("w", {0});
  nn::Adam adam({w}, {.lr = 1});
  std::vector<double> lengths;
  for (int t = 1; t <= steps; ++t) {
    w.value()(0) = 0;
    w.grad()(0) = static_cast<real>(gradient(t));
    adam.step();
    lengths.push_back(std::abs(static_cast<double>(w.value()(0))));
  }
  return lengths;
}

// A weight of 1 after 10,000 steps with gradients g, -g, g, ... that pull it nowhere.
template <class Optimizer, class Options> double decayed(double g, const Options& options) {
  Parameter w("w", {1});
  Optimizer optimizer({w}, options);
  for (int t = 0; t < 10'000; ++t) {
    w.grad()(0) = static_cast<real>(t % 2 == 0 ? g : -g);
    optimizer.step();
  }
  return static_cast<double>(w.value()(0));
}

} // namespace

int main() {
  fmt::print("A gradient of 0.5 that does not change:\n");
  fmt::print("     t    mean  1 - b1^t    square  1 - b2^t    uncorrected  corrected\n");
  const std::vector<double> steps = step_lengths([](int) { return 0.5; }, 1000);
  double mean = 0, square = 0;
  for (int t = 1; t <= 1000; ++t) {
    mean = 0.9 * mean + 0.1 * 0.5;
    square = 0.999 * square + 0.001 * 0.5 * 0.5;
    if (t == 1 || t == 2 || t == 3 || t == 12 || t == 100 || t == 1000)
      fmt::print("  {:>4} {:>7.3f} {:>9.3f} {:>9.5f} {:>9.4f} {:>14.2f} {:>10.2f}\n", t, mean,
                 1 - std::pow(0.9, t), square, 1 - std::pow(0.999, t), mean / std::sqrt(square),
                 steps[static_cast<std::size_t>(t) - 1]);
  }

  fmt::print("\nThe 100th step, in learning rates:\n");
  for (double g : {0.001, 1.0, 1000.0})
    fmt::print("  gradient always {:<8} {:.3f}\n", g,
               step_lengths([=](int) { return g; }, 100)[99]);
  const auto alternating = [](int t) { return t % 2 == 0 ? 1.0 : -1.0; };
  fmt::print("  gradient 1, -1, 1, ...   {:.3f}\n", step_lengths(alternating, 100)[99]);

  fmt::print("\nA weight of 1 after 10,000 steps, lr 0.001, weight decay 0.1:\n");
  fmt::print("  gradient      Adam   AdamW\n");
  for (double g : {1.0, 10.0, 100.0})
    fmt::print("  +-{:<6} {:>9.2f} {:>7.2f}\n", g,
               decayed<nn::Adam>(g, nn::AdamOptions{.lr = 0.001, .weight_decay = 0.1}),
               decayed<nn::AdamW>(g, nn::AdamWOptions{.lr = 0.001, .weight_decay = 0.1}));
  fmt::print("  (1 - 0.001 * 0.1)^10000 = {:.2f}\n", std::pow(1 - 0.001 * 0.1, 10'000));
}
