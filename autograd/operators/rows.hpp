// A tensor as rows: its last axis, once for every entry of the others. For .cpp files of operators.
#pragma once

#include <algorithm>
#include <functional>

#include "autograd/base/parallel.hpp"
#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Rows {
  std::size_t n, width;
};

/// x: (..., V) -> n rows of V; a ShapeError of `op` if V is 0 or x a scalar.
inline Rows last_axis_rows(const char* op, const Operand& x) {
  if (x.rank() < 1 || x.shape().back() == 0) shape_error(op, {x}, "expected (..., V) with V > 0");
  return {x.value().size() / x.shape().back(), x.shape().back()};
}

/// work(r) for every row; many rows are shared by the cores.
template <class Work> void for_each_row(const Rows& rows, const Work& work) {
  parallel_rows(rows.n, rows.width, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) work(r);
  });
}

/// The same shape with another last size.
inline Shape with_last(Shape shape, std::size_t n) {
  shape.back() = n;
  return shape;
}

/// A tensor seen from one axis: `outer` blocks of `n` rows of `inner` neighbours.
struct Blocks {
  std::size_t outer, n, inner;
};
Blocks blocks(const Shape& shape, std::size_t axis);

} // namespace tapestry::inline TAPESTRY_PRECISION
