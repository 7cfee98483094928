// A picture moves: does what a layer makes of it move along? And what breaks that.
#include <functional>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t side = 24;

// Everything `by` pixels to the right; what leaves on the right is lost, zeros come in on the left.
Tensor moved(const Tensor& x, std::size_t by) {
  const std::size_t w = x.shape(3);
  Tensor y = zeros(x.shape());
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % w + by < w) y.data()[i + by] = x.data()[i];
  return y;
}

using Layer = std::function<Var(const Var&)>;

// How far f(moved x) is from f(x), moved as it fits best, in percent of the largest output.
double misfit(const Layer& f, const Tensor& x, std::size_t by) {
  const Tensor before = f(constant(x)).value(), after = f(constant(moved(x, by))).value();
  double best = 1e300;
  for (std::size_t m = 0; m <= by; ++m)
    best = std::min(best, largest_difference(moved(before, m), after));
  return 100 * best / largest_entry(before);
}

} // namespace

int main() {
  Rng rng(3);
  // In the middle, a random pattern of 8 x 8 in two channels; around it nothing.
  Tensor inside = zeros({1, 2, side, side});
  const Tensor pattern = normal({1, 2, 8, 8}, 0, 1, rng);
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t j = 0; j < 8; ++j) inside(0, c, 8 + i, 8 + j) = pattern(0, c, i, j);
  const Tensor everywhere = normal({1, 2, side, side}, 0, 1, rng); // up to the border

  const Var w = constant(normal({3, 2, 3, 3}, 0, 1, rng));
  const Var full = constant(normal({side * side, side * side}, 0, 1, rng));
  const Layer same = [&](const Var& x) { return conv2d(x, w, {.padding = 1}); };
  const Layer strided = [&](const Var& x) { return conv2d(x, w, {.stride = 2, .padding = 1}); };
  const Layer pooled = [&](const Var& x) { return max_pool2d(relu(same(x)), 2, 2); };
  const Layer averaged = [&](const Var& x) { return avg_pool2d(relu(same(x)), 2, 2); };
  const Layer dense = [&](const Var& x) { // (1, 2, H, W) -> the same, each pixel to each
    return reshape(matmul(reshape(x, {2, side * side}), full), {1, 2, side, side});
  };
  fmt::print("Largest misfit, % of the largest output:\n  {:<40}{:>14}{:>14}\n", "", "moved by 1",
             "moved by 2");
  const auto row = [&](const char* name, const Layer& f, const Tensor& x) {
    const auto percent = [](double p) {
      return p < 1e-10 ? std::string("0") : fmt::format("{:.0f}", p);
    };
    fmt::print("  {:<40}{:>14}{:>14}\n", name, percent(misfit(f, x, 1)), percent(misfit(f, x, 2)));
  };
  row("convolution", same, inside);
  row("convolution, pattern up to the border", same, everywhere);
  row("convolution, stride 2", strided, inside);
  row("convolution, ReLU, max pooling 2 x 2", pooled, inside);
  row("convolution, ReLU, mean pooling 2 x 2", averaged, inside);
  row("a full layer", dense, inside);

  const Layer mean = [&](const Var& x) { return global_avg_pool2d(relu(same(x))); };
  const Layer mean_of_strided = [&](const Var& x) { return global_avg_pool2d(relu(strided(x))); };
  const auto change = [&](const Layer& f) {
    const Tensor before = f(constant(inside)).value();
    return 100 * largest_difference(before, f(constant(moved(inside, 1))).value()) /
           largest_entry(before);
  };
  fmt::print("\nThe mean over all places changes, moved by 1, % of the largest:\n");
  fmt::print("  after a convolution and ReLU: {}\n", change(mean) < 1e-10 ? "0" : "more");
  fmt::print("  the same with stride 2: {:.0f}\n", change(mean_of_strided));
}
