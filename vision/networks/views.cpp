#include "vision/networks/views.hpp"

#include <array>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/conv.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Right minus left and lower minus upper neighbours, the nearest counted twice. (2, 1, 3, 3)
const Tensor& sobel() {
  static const Tensor kernels =
      reshaped(constant({{-1, 0, 1, -2, 0, 2, -1, 0, 1}, {-1, -2, -1, 0, 0, 0, 1, 2, 1}}).value(),
               {2, 1, 3, 3});
  return kernels;
}

std::array<std::size_t, 4> sizes(const Var& x) {
  return {x.shape()[0], x.shape()[1], x.shape()[2], x.shape()[3]};
}

} // namespace

//> outlines
Var outlines(const Operand& pictures) {
  if (pictures.rank() != 4) shape_error("outlines", {pictures}, "expected (B, C, H, W)");
  const auto [b, c, h, w] = sizes(pictures);
  const Var channels = reshape(pictures, {b * c, 1, h, w}); // each one for itself
  const Var slopes = conv2d(channels, constant(sobel()), {.padding = 1});
  const Var steepness = sum(reshape(square(slopes), {b, 2 * c, h, w}), {1}, true);
  return sqrt(steepness + 1e-3); // the root has no slope at 0
}
//< outlines

Var coarse(const Operand& pictures, std::size_t k) {
  if (pictures.rank() != 4) shape_error("coarse", {pictures}, "expected (B, C, H, W)");
  const auto [b, c, h, w] = sizes(pictures);
  if (k == 0 || h % k != 0 || w % k != 0)
    shape_error("coarse", {pictures}, fmt::format("no squares of {0} x {0} fill it", k));
  return mean(reshape(pictures, {b, c, h / k, k, w / k, k}), {3, 5});
}

} // namespace tapestry::inline TAPESTRY_PRECISION
