// Matrix products of plain memory, through xtensor-blas' typed BLAS layer.
//
// Not xt::linalg::dot: it throws on column blocks, allocates on every call, and is silently wrong
// where both operands share memory and one is transposed.
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

/// c = a b, or c += a b if `accumulate`. a: (m, k), b: (k, n), c: (m, n) with rows `c_stride`
/// apart. Large products are shared by the cores; their parts, and so the result's bits, do not
/// depend on the number of cores.
void product(std::size_t m, std::size_t n, std::size_t k, const Matrix& a, const Matrix& b, real* c,
             std::size_t c_stride, bool accumulate);

} // namespace tapestry::inline TAPESTRY_PRECISION
