// Tensors: xtensor arrays of `real`, row-major, in pooled memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "autograd/base/pool.hpp"
#include "autograd/base/real.hpp"

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

namespace tapestry::inline TAPESTRY_PRECISION {

/// An array of any rank. `Tensor x{{1, 2}, {3, 4}};` is a 2x2 matrix, `Tensor x = 3;` a scalar of
/// shape ().
using Tensor = xt::xarray<real, xt::layout_type::row_major, PoolAllocator<real>>;
/// Token ids, class labels: whole numbers that look up rows and carry no gradient.
using Indices = xt::xarray<std::int32_t, xt::layout_type::row_major, PoolAllocator<std::int32_t>>;
/// The sizes of a tensor's axes, outermost first.
using Shape = Tensor::shape_type;

/// "(32, 100)"
std::string to_string(const Shape& shape);
/// The number of entries of a tensor of this shape: 1 for (). A ShapeError if there are more than a
/// std::size_t can count.
std::size_t size_of(const Shape& shape);
/// The same, or nothing if there are more.
std::optional<std::size_t> countable_size(const Shape& shape);

/// A tensor of one value.
Tensor full(const Shape& shape, real value);
/// Writes `value` to all entries.
void fill(Tensor& x, real value);
inline Tensor zeros(const Shape& shape) { return full(shape, 0); }
inline Tensor ones(const Shape& shape) { return full(shape, 1); }

/// The same entries under another shape.
Tensor reshaped(const Tensor& x, const Shape& shape);

/// The axes that a reduction runs over. Empty means all; -1 is the last.
using Axes = std::vector<int>;

} // namespace tapestry::inline TAPESTRY_PRECISION
