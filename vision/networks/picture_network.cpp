#include "vision/networks/picture_network.hpp"

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/pooling.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var picture_vectors(const Operand& grid) { return global_avg_pool2d(grid); }

Var region_vectors(const Operand& grid) {
  if (grid.rank() != 4) shape_error("region_vectors", {grid}, "expected (B, C, h, w)");
  const Shape& s = grid.shape();
  return transpose(reshape(grid, {s[0], s[1], s[2] * s[3]}), {0, 2, 1});
}

Var region_vectors(const Operand& grid, Size2d regions) {
  return region_vectors(adaptive_avg_pool2d(grid, regions));
}

Tensor scaled(const Tensor& pictures, const InputScale& scale) {
  const std::size_t rank = pictures.dimension();
  if ((rank != 3 && rank != 4) || pictures.shape(rank - 3) != 3)
    throw ShapeError(
        fmt::format("scaled: {}; expected (3, H, W) or (B, 3, H, W)", to_string(pictures.shape())));
  Tensor result = pictures;
  const std::size_t plane = pictures.shape(rank - 2) * pictures.shape(rank - 1);
  for (std::size_t at = 0, p = 0; at < result.size(); at += plane, ++p) {
    const real factor = static_cast<real>(1 / scale.deviation[p % 3]);
    const real shift = static_cast<real>(-scale.mean[p % 3] / scale.deviation[p % 3]);
    for (std::size_t i = at; i < at + plane; ++i)
      result.data()[i] = factor * result.data()[i] + shift;
  }
  return result;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
