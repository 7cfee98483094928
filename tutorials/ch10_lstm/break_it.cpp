// What other settings of the memory task lead to: one unit, and longer gaps.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/functions.hpp"
#include "memory_task.hpp"

using namespace tapestry;

namespace {

double last(const std::vector<double>& losses) { // of the last 50 steps
  double sum = 0;
  for (std::size_t i = losses.size() - 50; i < losses.size(); ++i) sum += losses[i];
  return sum / 50;
}

// The mean forget gate in steps without `store`, of the unit where it is larger.
double kept(const Memory& net, const Setting& setting, Rng& rng) {
  const Task task = draw(setting, rng);
  const std::size_t hidden = 2;
  LSTMState state = net.lstm.zero_state(1);
  std::vector<double> sum(hidden, 0);
  double quiet = 0;
  for (std::size_t t = 0; t < setting.steps; ++t) {
    const Var x = constant({{task.x(t, 0, 0), task.x(t, 0, 1), task.x(t, 0, 2)}});
    const Var a = gates_of(net.lstm.weights(), x, state.h);
    const Tensor open = sigmoid(a).value();
    state = net.lstm.step(x, state);
    if (task.x(t, 0, 1) != 0) continue;
    ++quiet;
    for (std::size_t u = 0; u < hidden; ++u) sum[u] += open(0, hidden + u);
  }
  return *std::max_element(sum.begin(), sum.end()) / quiet;
}

} // namespace

int main() {
  fmt::print("One unit: mean square error at the end\n");
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Rng rng(seed);
    Memory net(1, rng);
    fmt::print("  seed {}  {:.4f}\n", seed, last(train(net, {}, rng)));
  }
  fmt::print("\nTwo units: steps, store and show one step in   error       f\n");
  for (const Setting setting :
       {Setting{40, 0.1, 0.1}, Setting{100, 0.1, 0.02}, Setting{100, 0.02, 0.02}}) {
    Rng rng(1);
    Memory net(2, rng);
    const double error = last(train(net, setting, rng));
    fmt::print("  {:>22} {:>9.0f} {:>8.0f} {:>10.4f} {:>8.3f}\n", setting.steps, 1 / setting.store,
               1 / setting.show, error, kept(net, setting, rng));
  }
}
