// Weights and multiply-adds: a full layer against a convolution, and the two networks of this
// chapter, from the shapes of their weights.
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "small_tensors.hpp"
#include "vision/networks/cnn.hpp"

using namespace tapestry;

namespace {

// The layers of stages on pictures of `side` pixels, and the linear one at the end.
void print_network(const char* name, std::size_t in, std::size_t side,
                   const std::vector<std::size_t>& channels, nlohmann::json& kept) {
  Rng rng(1);
  CnnPath network(in, side, channels, 10, rng);
  const nn::StateDict state = network.state_dict();
  std::size_t weights = 0, products = 0, pixels = side;
  fmt::print("{}:\n  {:<10}{:>16}{:>16}{:>10}{:>28}\n", name, "", "reads", "writes", "weights",
             "millions of multiply-adds");
  std::string reads = fmt::format("{} x {} x {}", in, side, side);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::string stage = fmt::format("stage{}", i);
    const Tensor& kernel = state.at(stage + ".conv.weight");
    const std::size_t own = kernel.size() + 2 * channels[i];  // and the normalisation's two
    const std::size_t here = kernel.size() * pixels * pixels; // every weight, at every pixel
    pixels /= 2;
    const std::string writes = fmt::format("{} x {} x {}", channels[i], pixels, pixels);
    fmt::print("  {:<10}{:>16}{:>16}{:>10}{:>28.2f}\n", stage, reads, writes, own,
               static_cast<double>(here) / 1e6);
    weights += own, products += here, reads = writes;
  }
  const std::size_t last = state.at("project.weight").size();
  weights += last + 10, products += last;
  fmt::print("  {:<10}{:>16}{:>16}{:>10}{:>28.2f}\n", "project", reads, "10", last + 10,
             static_cast<double>(last) / 1e6);
  fmt::print("  {:<42}{:>10}{:>28.2f}\n\n", "all", weights, static_cast<double>(products) / 1e6);
  kept[name] = {{"weights", weights}, {"products", static_cast<double>(products) / 1e6}};
}

} // namespace

int main() {
  const std::size_t in = 24, out = 48, side = 14, taps = 9, pixels = side * side;
  fmt::print("From {0} x {2} x {2} to {1} x {2} x {2}:\n  {3:<24}{4:>14}\n", in, out, side, "",
             "weights");
  fmt::print("  {:<24}{:>14}\n", "a full layer", in * pixels * out * pixels);
  fmt::print("  {:<24}{:>14}\n", "3 x 3, not shared", pixels * in * out * taps);
  fmt::print("  {:<24}{:>14}\n\n", "3 x 3, shared", in * out * taps);
  nlohmann::json kept{{"full", in * pixels * out * pixels}, {"shared", in * out * taps}};
  print_network("Digits", 1, 28, {24, 48, 96}, kept);
  print_network("Photographs", 3, 32, {32, 64, 128, 256}, kept);
  keep("counts.json", kept.dump(1) + "\n");
}
