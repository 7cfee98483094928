// Evaluation mode forgotten: a trained network is right, or not, by the company that its pictures
// keep.
#include <array>

#include "autograd/operators/choice.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "bars.hpp"
#include "nn/training/optimizer.hpp"
#include "small_tensors.hpp"
#include "vision/networks/cnn.hpp"

using namespace tapestry;

namespace {

void teach(CnnPath& network, const Bars& bars, std::size_t passes) {
  nn::Adam adam(network.parameters(), {.lr = 3e-3});
  const std::size_t batch = 40, steps = bars.labels.size() / batch;
  for (std::size_t step = 0; step < passes * steps; ++step) {
    const std::size_t begin = step % steps * batch;
    const Bars some = some_of(bars, begin, begin + batch);
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(network(constant(some.pictures)), some.labels));
    adam.step();
  }
}

// In percent, with batches of this size.
double right(CnnPath& network, const Bars& bars, std::size_t batch) {
  std::size_t hits = 0;
  for (std::size_t begin = 0; begin < bars.labels.size(); begin += batch) {
    const Bars some = some_of(bars, begin, begin + batch);
    const Indices best = argmax(network(constant(some.pictures)), 1);
    for (std::size_t i = 0; i < batch; ++i) hits += best(i) == some.labels(i);
  }
  return 100 * static_cast<double>(hits) / static_cast<double>(bars.labels.size());
}

} // namespace

int main() {
  constexpr std::size_t seeds = 3;
  const char* const names[] = {"evaluation, any batches", "training, 100, mixed",
                               "training, 100 of one direction", "training, 2 of one direction",
                               "evaluation, after all of these"};
  std::array<std::array<double, seeds>, 5> share{};
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    Rng rng(seed + 1);
    const Bars learn = draw_bars(1600, rng), test = draw_bars(400, rng);
    const Bars sorted = sorted_bars(test);
    CnnPath network(1, bars_side, {8, 16}, bars_classes, rng);
    teach(network, learn, 6);
    network.eval();
    share[0][seed] = right(network, test, 100);
    network.train();
    share[1][seed] = right(network, test, 100);
    share[2][seed] = right(network, sorted, 100);
    share[3][seed] = right(network, sorted, 2);
    network.eval();
    share[4][seed] = right(network, test, 100);
  }
  fmt::print("Right, %, three seeds:\n");
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const auto [least, most] = std::minmax_element(share[i].begin(), share[i].end());
    fmt::print("  {:<34}{:>10}\n", names[i], fmt::format("{:.0f} to {:.0f}", *least, *most));
  }
}
