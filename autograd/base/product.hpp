// Matrix products of plain memory.
//
// Large ones are computed here, by panels (panels.hpp), small ones by OpenBLAS through
// xtensor-blas' typed layer. Not by xt::linalg::dot: it throws on column blocks, allocates on every
// call, and is silently wrong where both operands share memory and one is transposed.
#pragma once

#include <cstddef>

#include "autograd/base/matrix.hpp"
#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// c = a b, or c += a b if `accumulate`. a: (m, k), b: (k, n), c: (m, n) with rows `c_stride`
/// apart. Large products are shared by the cores, by rows or columns of c: the result's bits do not
/// depend on their number.
void product(std::size_t m, std::size_t n, std::size_t k, const Matrix& a, const Matrix& b, real* c,
             std::size_t c_stride, bool accumulate);

/// Done before the first small product. It changes OpenBLAS for the whole process: one thread
/// (openblas_set_num_threads sets it back), and on a processor that it does not know, other
/// kernels, by the environment variable OPENBLAS_CORETYPE. A program that calls BLAS by itself
/// calls this first, while nobody multiplies.
void set_up_blas();

} // namespace tapestry::inline TAPESTRY_PRECISION
