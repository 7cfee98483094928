// Broadcasting, and its reverse: what was repeated forward is summed backward.
#pragma once

#include <algorithm>

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The shape that a and b broadcast to (NumPy's rule: aligned at the last axis, sizes equal or 1),
/// or the ShapeError of `op`.
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b);

/// Adds g to grad; where grad's shape was broadcast to g's, sums over the repeated axes.
void sum_into(Tensor& grad, const Tensor& g);

/// Walks a tensor of shape `big` beside one that repeats along some of its axes, of shape `small`
/// (the same rank, each size equal or 1). Calls run(big_offset, small_offset, n, small_step) for
/// runs of n neighbours in the big one; small_step is 1 where the small one moves along, 0 where it
/// stays.
template <class Run> void for_each_run(const Shape& big, const Shape& small, Run run) {
  const std::size_t rank = big.size();
  std::size_t n = 1, inner = rank; // merge the innermost axes of one kind into one run
  std::size_t step = 0;
  while (inner > 0) {
    const std::size_t axis = inner - 1;
    const std::size_t kind = small[axis] == big[axis] ? 1 : 0;
    if (big[axis] != 1) {
      if (n != 1 && kind != step) break;
      step = kind;
    }
    n *= big[axis];
    --inner;
  }
  if (n == 0) return;
  Shape index(inner, 0);
  Shape small_strides(inner, 0);
  std::size_t stride = step == 1 ? n : 1;
  for (std::size_t axis = inner; axis-- > 0; stride *= small[axis])
    small_strides[axis] = small[axis] == 1 ? 0 : stride;
  std::size_t runs = 1;
  for (std::size_t axis = 0; axis < inner; ++axis) runs *= big[axis];
  std::size_t small_offset = 0;
  for (std::size_t r = 0; r < runs; ++r) {
    run(r * n, small_offset, n, step);
    for (std::size_t axis = inner; axis-- > 0;) { // count up, the last axis fastest
      small_offset += small_strides[axis];
      if (++index[axis] < big[axis]) break;
      small_offset -= small_strides[axis] * big[axis];
      index[axis] = 0;
    }
  }
}

//> sum-run
/// The sum of n neighbours, in 16 interleaved partial sums: four vector registers' worth, and a
/// smaller rounding error than one running sum.
inline real sum_run(const real* x, std::size_t n) {
  real partial[16] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t j = 0; j < 16; ++j) partial[j] += x[i + j];
  for (std::size_t j = 0; i < n; ++i, ++j) partial[j] += x[i];
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) partial[j] += partial[j + half];
  return partial[0];
}
//< sum-run

} // namespace tapestry::inline TAPESTRY_PRECISION
