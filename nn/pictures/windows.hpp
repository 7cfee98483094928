// Where the windows of a pooling lie along one axis.
#pragma once

#include <algorithm>
#include <cstddef>

#include "autograd/operand.hpp"
#include "nn/pictures/size2d.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Windows side by side over one axis of `size` entries.
struct PoolAxis {
  std::size_t size, kernel, stride, padding, dilation, count;

  /// The first tap of window i that is not in the padding before the axis, and the tap after the
  /// last one that is on the axis.
  std::size_t first(std::size_t i) const {
    const std::size_t at = i * stride;
    return at < padding ? (padding - at + dilation - 1) / dilation : 0;
  }
  std::size_t last(std::size_t i) const {
    const std::size_t at = i * stride, end = size + padding;
    return at < end ? std::min(kernel, (end - at + dilation - 1) / dilation) : 0;
  }
  /// The entry that tap t of window i sees.
  std::size_t entry(std::size_t i, std::size_t t) const {
    return i * stride + t * dilation - padding;
  }
};

/// The two axes of a pooling.
struct PoolGeometry {
  std::size_t planes;
  PoolAxis vertical, horizontal;
  Shape result; // (B, C, H', W')

  /// Checked, or the ShapeError of `op`. x: (B, C, H, W); a stride of 0 is the kernel's size
  PoolGeometry(const char* op, const Operand& x, Size2d kernel, Size2d stride, Size2d padding,
               Size2d dilation, bool ceil_mode);
};

} // namespace tapestry::inline TAPESTRY_PRECISION
