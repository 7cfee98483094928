// Arithmetic of two tensors, entry by entry, with broadcasting.
#pragma once

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// a: (...), b: (...) -> their broadcast shape. Sizes are aligned at the last axis and must be equal
// or 1; anything else is a ShapeError. A plain number is a tensor of shape ().
Var operator+(const Operand& a, const Operand& b);
Var operator-(const Operand& a, const Operand& b);
Var operator*(const Operand& a, const Operand& b);
Var operator/(const Operand& a, const Operand& b);
Var operator-(const Operand& x);

/// The larger of two entries; where they are equal, each gets half of the gradient.
Var maximum(const Operand& a, const Operand& b);

} // namespace tapestry::inline TAPESTRY_PRECISION
