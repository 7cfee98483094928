// Three convolutions: plain loops, columns and one product, and the fast one. Are they equal? And
// how much memory do all columns take?
#include <array>

#include "autograd/random.hpp"
#include "nn/conv.hpp"
#include "nn/pictures/unfold.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

namespace {

struct Setting {
  const char* name;
  std::size_t kernel, stride, padding, dilation;
  std::size_t in = 3, out = 4, side = 11;
};

void compare(const Setting& s, Rng& rng) {
  const Tensor x = normal({2, s.in, s.side, s.side}, 0, 1, rng);
  const Tensor w = normal({s.out, s.in, s.kernel, s.kernel}, 0, 1, rng);
  //> three-ways
  const Tensor loops = direct_conv2d(x, w, s.stride, s.padding, s.dilation);
  const Var none = constant(zeros({s.out})); // no bias
  const Var columns =
      conv2d_composed(constant(x), constant(w), none, {s.stride, s.padding, s.dilation});
  const Var fast = conv2d(constant(x), constant(w), none, {s.stride, s.padding, s.dilation});
  //< three-ways
  fmt::print("  {:<24}{:>12}{:>22}{:>22}\n", s.name,
             fmt::format("{} x {}", loops.shape(2), loops.shape(3)),
             shown(largest_difference(columns.value(), loops)),
             shown(largest_difference(fast.value(), loops)));
}

double megabytes(std::size_t floats) { return 4 * static_cast<double>(floats) / 1e6; }

} // namespace

int main() {
  // A picture and its columns, small enough to be read.
  Tensor x = Tensor::from_shape({1, 1, 3, 4});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(i + 1);
  print_plane("A picture, 3 x 4", x, 4);
  print_plane("Its columns for a kernel of 2 x 2", unfold(constant(x), 2).value(), 6);

  fmt::print("Largest difference from the loops:\n  {:<24}{:>12}{:>22}{:>22}\n", "", "output",
             "columns and product", "conv2d");
  Rng rng(22);
  for (const Setting& s :
       {Setting{"3 x 3", 3, 1, 0, 1}, Setting{"3 x 3, padding 1", 3, 1, 1, 1},
        Setting{"3 x 3, stride 2", 3, 2, 1, 1}, Setting{"3 x 3, dilation 2", 3, 1, 0, 2},
        Setting{"5 x 5, all of them", 5, 3, 2, 2}, Setting{"1 x 1", 1, 1, 0, 1},
        Setting{"3 x 3, 24 channels", 3, 1, 1, 1, 24, 24, 16}})
    compare(s, rng);

  fmt::print("\nMemory of all columns, in megabytes of floats, 3 x 3 taps, padding 1:\n"
             "  {:<34}{:>10}{:>10}\n",
             "", "x", "columns");
  const std::array<std::array<std::size_t, 3>, 4> layers{
      {{100, 1, 28}, {100, 24, 14}, {100, 48, 7}, {32, 64, 224}}};
  for (const auto& [batch, channels, side] : layers) {
    const std::size_t size = batch * channels * side * side;
    fmt::print("  {:<34}{:>10.1f}{:>10.1f}\n",
               fmt::format("{} pictures, {} x {} x {}", batch, channels, side, side),
               megabytes(size), megabytes(9 * size));
  }
}
