#include "expect.hpp"

#include <cmath>
#include <stdexcept>

#include "nn/fold_batch_norm.hpp"

using namespace tapestry;

namespace {

// A normalisation of which no number is the one that it began with.
nn::BatchNorm2d old_norm(std::size_t channels, bool affine, double eps = 0.1) {
  nn::BatchNorm2d norm({.num_features = channels, .eps = eps, .affine = affine});
  for (std::size_t c = 0; c < channels; ++c) {
    norm.running_mean(c) = 0.5 * static_cast<double>(c) - 0.7;
    norm.running_var(c) = 0.4 + 0.3 * static_cast<double>(c);
  }
  if (affine) {
    norm.weight.set(random({channels}, 11));
    norm.bias.set(random({channels}, 12));
  }
  norm.eval();
  return norm;
}

const Var& picture() {
  static const Var x = constant(random({2, 4, 5, 6}, 13));
  return x;
}

void expect_same(const nn::Conv2d& conv, nn::BatchNorm2d& norm) {
  const Tensor wanted = norm(conv(picture())).value();
  expect_equal("the folded convolution of a picture",
               nn::fold_batch_norm(conv, norm)(picture()).value(), wanted);
}

} // namespace

STEP("one weight, by hand") {
  const nn::Conv2d conv(tensor({1, 1, 1, 1}, {3}), tensor({1}, {5}), {});
  nn::BatchNorm2d norm({.num_features = 1, .eps = 1});
  norm.running_mean(0) = 2;
  norm.running_var(0) = 15; // + eps: a deviation of 4
  norm.weight.set(tensor({1}, {8}));
  norm.bias.set(tensor({1}, {10}));
  const nn::Conv2d both = nn::fold_batch_norm(conv, norm);
  expect_equal("the weight", both.weight.value(), tensor({1, 1, 1, 1}, {6}));
  expect_equal("the bias", both.bias.value(), tensor({1}, {16}));
}

STEP("without a bias") {
  Rng rng(1);
  const nn::Conv2d conv(
      {.in_channels = 4, .out_channels = 3, .kernel_size = {2, 3}, .bias = false}, rng);
  nn::BatchNorm2d norm = old_norm(3, true);
  expect_same(conv, norm);
}

STEP("with a bias, and a normalisation without a weight") {
  Rng rng(2);
  const nn::Conv2d conv({.in_channels = 4, .out_channels = 5, .kernel_size = 1}, rng);
  nn::BatchNorm2d norm = old_norm(5, false);
  expect_same(conv, norm);
}

STEP("the convolution's options") {
  Rng rng(3);
  const nn::Conv2d conv({.in_channels = 4,
                         .out_channels = 8,
                         .kernel_size = 3,
                         .stride = 2,
                         .padding = {1, 0, 2, 1},
                         .dilation = {1, 2},
                         .groups = 4},
                        rng);
  nn::BatchNorm2d norm = old_norm(8, true);
  expect_same(conv, norm);
}

STEP("nothing has changed, and errors") {
  Rng rng(4);
  const nn::Conv2d conv({.in_channels = 4, .out_channels = 3, .kernel_size = 1}, rng);
  nn::BatchNorm2d norm = old_norm(3, true);
  const Tensor weight = conv.weight.value(), bias = conv.bias.value(), gamma = norm.weight.value();
  nn::fold_batch_norm(conv, norm);
  expect_equal("the convolution's weight afterwards", conv.weight.value(), weight);
  expect_equal("the convolution's bias afterwards", conv.bias.value(), bias);
  expect_equal("the normalisation's weight afterwards", norm.weight.value(), gamma);
  nn::BatchNorm2d other = old_norm(2, true);
  expect_error<std::invalid_argument>("3 channels and 2",
                                      [&] { nn::fold_batch_norm(conv, other); }, "channels");
  nn::BatchNorm2d more = old_norm(4, true);
  expect_error<std::invalid_argument>("3 channels and 4",
                                      [&] { nn::fold_batch_norm(conv, more); }, "channels");
  const nn::Conv2d cut({.in_channels = 4, .out_channels = 3, .kernel_size = 1, .relu = true}, rng);
  expect_error<std::invalid_argument>("a convolution that cuts at 0",
                                      [&] { nn::fold_batch_norm(cut, norm); }, "relu");
}
