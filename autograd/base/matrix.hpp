// A view of a matrix in plain memory, for the products.
#pragma once

#include <cstddef>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A matrix inside row-major memory: entry (i, j) is data[i * stride + j], or, transposed,
/// data[j * stride + i].
struct Matrix {
  const real* data;
  std::size_t stride;
  bool transposed = false;
};

inline Matrix transposed(const Matrix& m) { return {m.data, m.stride, !m.transposed}; }

} // namespace tapestry::inline TAPESTRY_PRECISION
