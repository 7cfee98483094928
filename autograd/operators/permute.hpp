// A tensor's axes in another order, moved entry by entry at the speed of a copy.
#pragma once

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Axis i of the result is axis order[i] of x.
Tensor permuted(const Tensor& x, const Shape& order);
/// Adds that to `to`, which has its shape.
void permute_into(Tensor& to, const Tensor& x, const Shape& order);

} // namespace tapestry::inline TAPESTRY_PRECISION
