// Batch normalisation folded into the convolution before it; and three ways in which that fails.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "nn/fold_batch_norm.hpp"

using namespace tapestry;

namespace {

// The largest difference of two entries; and whether it is rounding alone.
double largest_difference(const Var& a, const Var& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.value().size(); ++i)
    worst = std::max(worst, std::abs(double{a.value().data()[i] - b.value().data()[i]}));
  return worst;
}

std::string shown(double difference) {
  return difference < 1e-12 ? "less than 1e-12" : fmt::format("{:.2f}", difference);
}

} // namespace

int main() {
  Rng rng(1);
  //> folding
  nn::Conv2d conv(
      {.in_channels = 3, .out_channels = 8, .kernel_size = 3, .padding = 1, .bias = false}, rng);
  nn::BatchNorm2d norm({.num_features = 8});
  for (int step = 0; step < 50; ++step) // it sees some pictures
    norm(conv(constant(normal({16, 3, 8, 8}, 1, 2, rng))));
  norm.eval();
  const nn::Conv2d both = nn::fold_batch_norm(conv, norm);
  const Var x = constant(normal({2, 3, 8, 8}, 1, 2, rng));
  //< folding
  fmt::print("Convolution and normalisation against the folded one:\n  in evaluation: {}\n",
             shown(largest_difference(both(x), norm(conv(x)))));
  norm.train();
  fmt::print("  in training: {}\n\n", shown(largest_difference(both(x), norm(conv(x)))));
  norm.eval();

  // The normalisation before the convolution: the zeros of the padding are not normalised.
  nn::BatchNorm2d before({.num_features = 3});
  for (int step = 0; step < 50; ++step) before(constant(normal({16, 3, 8, 8}, 1, 2, rng)));
  before.eval();
  Tensor weight = conv.weight.value(), bias = zeros({8}); // (8, 3, 3, 3), (8)
  //> fold-before
  for (std::size_t o = 0; o < 8; ++o)
    for (std::size_t c = 0; c < 3; ++c) {
      const double scale = 1 / std::sqrt(before.running_var(c) + before.eps());
      for (std::size_t k = 0; k < 9; ++k) {
        real& w = weight.data()[(o * 3 + c) * 9 + k];
        w = static_cast<real>(w * scale);
        bias(o) -= w * before.running_mean(c);
      }
    }
  //< fold-before
  const Var folded = nn::Conv2d(weight, bias, conv.options())(x), wanted = conv(before(x));
  double inside = 0, edge = 0;
  for (std::size_t i = 0; i < folded.value().size(); ++i) {
    const std::size_t row = i / 8 % 8, column = i % 8;
    const double off = std::abs(double{folded.value().data()[i] - wanted.value().data()[i]});
    const bool at_edge = row == 0 || row == 7 || column == 0 || column == 7;
    (at_edge ? edge : inside) = std::max(at_edge ? edge : inside, off);
  }
  fmt::print("Normalisation before a convolution with padding:\n  inside: {}\n  at the edge: {}\n",
             shown(inside), shown(edge));
}
