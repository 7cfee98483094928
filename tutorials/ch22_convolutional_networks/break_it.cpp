// Answers to 'Break it': a grey wall, kernels that begin alike, and the order of two layers.
#include "autograd/operators/functions.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "bars.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "nn/training/optimizer.hpp"
#include "small_tensors.hpp"
#include "vision/networks/cnn.hpp"

using namespace tapestry;

namespace {

// The largest difference between the first layer's kernels and the first of them.
double apart(const Tensor& kernels) {
  double most = 0;
  const std::size_t size = kernels.size() / kernels.shape(0);
  for (std::size_t i = 0; i < kernels.size(); ++i)
    most = std::max(most, std::abs(kernels.data()[i] - kernels.data()[i % size]));
  return most;
}

// Trains a network whose first kernels are equal at the beginning; with `all_alike`, all that
// comes after treats their channels alike, too.
void begin_alike(bool all_alike) {
  Rng rng(4);
  const Bars bars = draw_bars(400, rng);
  CnnPath network(1, bars_side, {8, 16}, bars_classes, rng);
  nn::StateDict state = network.state_dict();
  Tensor& first = state.at("stage0.conv.weight");  // (8, 1, 3, 3)
  Tensor& second = state.at("stage1.conv.weight"); // (16, 8, 3, 3)
  for (std::size_t i = 0; i < first.size(); ++i) first.data()[i] = first.data()[i % 9];
  for (std::size_t i = 0; all_alike && i < second.size(); ++i)
    second.data()[i] = second.data()[i / 72 * 72 + i % 9];
  network.load_state_dict(state);
  nn::Adam adam(network.parameters(), {.lr = 3e-3});
  fmt::print("  {:<24}", all_alike ? "next layer alike too" : "next layer random");
  for (std::size_t step = 0; step <= 100; ++step) {
    if (step == 0 || step == 1 || step == 100)
      fmt::print("{:>18}", shown(apart(network.state_dict().at("stage0.conv.weight"))));
    const Bars some = some_of(bars, step % 10 * 40, step % 10 * 40 + 40);
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(network(constant(some.pictures)), some.labels));
    adam.step();
  }
  fmt::print("\n");
}

} // namespace

int main() {
  const Var wall = constant(ones({1, 1, 5, 5}));
  print_plane("A grey wall of ones, after a kernel of ones with padding 1",
              conv2d(wall, constant(ones({1, 1, 3, 3})), {.padding = 1}).value(), 5);
  fmt::print(
      "Kernels that begin equal, how far apart after so many steps:\n  {:<24}{:>18}{:>18}{:>18}\n",
      "", 0, 1, 100);
  begin_alike(false);
  begin_alike(true);

  Rng rng(5);
  nn::BatchNorm2d norm({.num_features = 2});
  const Var x = constant(normal({4, 2, 8, 8}, 0, 1, rng));
  fmt::print("\nThe largest first, or normalisation and ReLU first:\n");
  const auto difference = [&] {
    return shown(largest_difference(relu(norm(max_pool2d(x, 2))).value(),
                                    max_pool2d(relu(norm(x)), 2).value()));
  };
  fmt::print("  in training: {}\n", difference());
  norm.eval();
  fmt::print("  in evaluation: {}\n", difference());
  norm.weight.set(Tensor{1, -1});
  fmt::print("  in evaluation, one weight of the normalisation negative: {}\n", difference());
}
