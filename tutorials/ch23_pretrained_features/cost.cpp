// Multiply-adds and weights: a full convolution against a depthwise and a pointwise one, and all
// of MobileNetV2.
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "nn/conv.hpp"
#include "vision/networks/mobilenet_v2.hpp"

using namespace tapestry;

namespace {

// Every weight of a convolution is used once for each pixel of its output.
std::size_t multiply_adds(const nn::Conv2d& conv, std::size_t pixels) {
  return conv.weight.value().size() * pixels;
}

double millions(std::size_t n) { return static_cast<double>(n) / 1e6; }

} // namespace

int main() {
  Rng rng(1);
  constexpr std::size_t side = 56, in = 64, out = 128;
  const nn::Conv2d full(
      {.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1, .bias = false}, rng);
  const nn::Conv2d depthwise({.in_channels = in,
                              .out_channels = in,
                              .kernel_size = 3,
                              .padding = 1,
                              .groups = in,
                              .bias = false},
                             rng);
  const nn::Conv2d pointwise(
      {.in_channels = in, .out_channels = out, .kernel_size = 1, .bias = false}, rng);
  fmt::print("From {} to {} channels, {} x {} pixels:\n  {:<22}{:>10}{:>28}\n", in, out, side, side,
             "", "weights", "millions of multiply-adds");
  const auto row = [&](const char* name, std::size_t weights, std::size_t products) {
    fmt::print("  {:<22}{:>10}{:>28.1f}\n", name, weights, millions(products));
  };
  const std::size_t a = multiply_adds(full, side * side);
  const std::size_t b = multiply_adds(depthwise, side * side);
  const std::size_t c = multiply_adds(pointwise, side * side);
  row("full 3 x 3", full.weight.value().size(), a);
  row("depthwise 3 x 3", depthwise.weight.value().size(), b);
  row("pointwise 1 x 1", pointwise.weight.value().size(), c);
  row("both", depthwise.weight.value().size() + pointwise.weight.value().size(), b + c);
  const double ratio = static_cast<double>(b + c) / static_cast<double>(a);
  fmt::print("  both against full: {:.3f} = 1/{} + 1/9\n\n", ratio, out);

  // The whole network, from the shapes of its weights and of what its layers make.
  MobileNetV2 network({.folded = true}, rng);
  network.eval();
  const std::vector<Var> stages = network.stages(constant(zeros({1, 3, 224, 224})));
  std::size_t total = 0, depth = 0, if_full = 0, weights = 0;
  fmt::print("MobileNetV2:\n  {:<12}{:>16}{:>12}{:>28}\n", "layer", "output", "weights",
             "millions of multiply-adds");
  std::size_t before = 224 * 224; // pixels that the layer reads
  const nn::StateDict state = network.state_dict();
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Shape& shape = stages[i].shape();
    const std::size_t pixels = shape[2] * shape[3];
    std::size_t own = 0, products = 0;
    const std::string name = fmt::format("features.{}", i);
    for (const auto& [key, x] : state) {
      if (!key.starts_with(name + ".")) continue;
      own += x.size();
      if (x.dimension() != 4) continue;
      // Only what expands a block works on the pixels before its stride.
      const bool expands = i > 1 && i < 18 && key == name + ".conv.0.0.weight";
      const std::size_t used = x.size() * (expands ? before : pixels);
      products += used;
      const bool each = x.shape(1) == 1 && x.shape(2) == 3;
      if (each) depth += used;
      if_full += each ? used * x.shape(0) : used;
    }
    fmt::print("  {:<12}{:>16}{:>12}{:>28.1f}\n", name,
               fmt::format("{} x {} x {}", shape[1], shape[2], shape[3]), own, millions(products));
    total += products;
    weights += own;
    before = pixels;
  }
  const std::size_t last = state.at("classifier.1.weight").size();
  fmt::print("  {:<12}{:>16}{:>12}{:>28.1f}\n", "classifier.1", "1000", last + 1000,
             millions(last));
  total += last;
  if_full += last;
  weights += last + 1000;
  fmt::print("  {:<28}{:>12}{:>28.1f}\n", "all", weights, millions(total));
  keep("cost.json", nlohmann::json{{"ratio", ratio},
                                   {"total", millions(total)},
                                   {"weights", millions(weights)},
                                   {"depthwise", 100 * millions(depth) / millions(total)},
                                   {"full", millions(if_full) / 1000}}
                            .dump(1) +
                        "\n");
}
