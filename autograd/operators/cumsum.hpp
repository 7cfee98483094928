// Running sums.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Entry i along an axis is the sum of x's entries 0 .. i. x: (..., n, ...) -> (..., n, ...)
Var cumsum(const Operand& x, int axis);

} // namespace tapestry::inline TAPESTRY_PRECISION
