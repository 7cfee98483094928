#include "nn/pictures/unfold.hpp"

#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/pictures/geometry.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// A convolution's sizes without a weight: as if there were one output.
ConvGeometry unfold_geometry(const Operand& x, Size2d kernel, const UnfoldOptions& o) {
  if (x.rank() != 4) shape_error("unfold", {x}, "expected (B, C, H, W)");
  const Padding2d& p = o.padding; // before a kernel of any size is made
  for (const std::size_t n : {p.top, p.bottom, p.left, p.right})
    if (n > std::numeric_limits<std::int32_t>::max())
      shape_error("unfold", {x}, fmt::format("a padding of {}", static_cast<std::int64_t>(n)));
  if (kernel.height > x.shape()[2] + p.top + p.bottom ||
      kernel.width > x.shape()[3] + p.left + p.right)
    shape_error("unfold", {x},
                fmt::format("patches of ({}, {}) are larger than the picture with its padding",
                            kernel.height, kernel.width));
  const Var weight = constant(zeros({1, x.shape()[1], kernel.height, kernel.width}));
  return {x, weight, constant(zeros({1})), {o.stride, o.padding, o.dilation}};
}

//> unfold-forward
// Where in its plane tap (i, j) of output (oy, ox) lies; -1 in the padding.
std::ptrdiff_t seen_at(const ConvGeometry& g, std::size_t oy, std::size_t ox, std::size_t i,
                       std::size_t j) {
  const std::size_t row = oy * g.stride.height + i * g.dilation.height; // both with the padding
  const std::size_t column = ox * g.stride.width + j * g.dilation.width;
  if (row < g.top || row >= g.top + g.height || column < g.left || column >= g.left + g.width)
    return -1;
  return static_cast<std::ptrdiff_t>((row - g.top) * g.width + column - g.left);
}

// x: (B, C, H, W) -> columns: (B, C kh kw, H' W')
void copy_patches(const ConvGeometry& g, const real* x, real* columns) {
  for (std::size_t plane = 0; plane < g.batch * g.channels; ++plane, x += g.plane())
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j) // one row of the columns
        for (std::size_t oy = 0; oy < g.out_h; ++oy)
          for (std::size_t ox = 0; ox < g.out_w; ++ox, ++columns) {
            const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
            *columns = at >= 0 ? x[at] : 0;
          }
}
//< unfold-forward

//> unfold-pullback
// dcolumns: (B, C kh kw, H' W') -> added to dx: (B, C, H, W)
void add_patches(const ConvGeometry& g, const real* dcolumns, real* dx) {
  for (std::size_t plane = 0; plane < g.batch * g.channels; ++plane, dx += g.plane())
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        for (std::size_t oy = 0; oy < g.out_h; ++oy)
          for (std::size_t ox = 0; ox < g.out_w; ++ox, ++dcolumns) {
            const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
            if (at >= 0) dx[at] += *dcolumns; // from each patch that sees this pixel
          }
}
//< unfold-pullback

} // namespace

//> unfold
Var unfold(const Operand& x, Size2d kernel, const UnfoldOptions& options) {
  const ConvGeometry g = unfold_geometry(x, kernel, options);
  Tensor columns = Tensor::from_shape({g.batch, g.patch(), g.pixels()});
  copy_patches(g, x.value().data(), columns.data());
  Var y{std::move(columns)};
  return record("unfold", y, {x}, [x, y, g] { add_patches(g, y.grad().data(), x.grad().data()); });
}
//< unfold

//> conv2d-composed
Var conv2d_composed(const Operand& x, const Operand& weight, const Operand& bias,
                    const UnfoldOptions& o) {
  const ConvGeometry g(x, weight, bias, {o.stride, o.padding, o.dilation});
  const Var columns = unfold(x, {g.kernel_h, g.kernel_w}, o);             // (B, C kh kw, H' W')
  const Var kernels = reshape(weight, {g.outputs, g.patch()});            // (O, C kh kw)
  const Var y = matmul(kernels, columns) + reshape(bias, {g.outputs, 1}); // (B, O, H' W')
  return reshape(y, {g.batch, g.outputs, g.out_h, g.out_w});
}
//< conv2d-composed

} // namespace tapestry::inline TAPESTRY_PRECISION
