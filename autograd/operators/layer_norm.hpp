// Layer normalisation (Ba, Kiros, Hinton 2016).
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// (x - mean) / sqrt(variance + eps) * weight + bias, where mean and variance (of n, not n - 1) are
/// those of the last axes, as many as weight has; eps keeps a row of equal entries finite. One
/// operator. x: (..., D...), weight, bias: (D...) -> (..., D...). A ShapeError if they differ or
/// D is empty.
Var layer_norm(const Operand& x, const Operand& weight, const Operand& bias, double eps = 1e-5);

} // namespace tapestry::inline TAPESTRY_PRECISION
