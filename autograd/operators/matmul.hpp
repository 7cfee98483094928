// Matrix products.
#pragma once

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// a: (..., m, k), b: (k, n) -> (..., m, n). A stack of matrices is one tall matrix, so any number
/// of leading axes costs one product. A ShapeError if the inner sizes differ.
Var matmul(const Operand& a, const Operand& b);

/// x: (..., k), weight: (n, k), bias: (n) -> (..., n), x weight^T + bias in one operator: the same
/// as matmul(x, transpose(weight)) + bias without copying the weight.
Var linear(const Operand& x, const Operand& weight, const Operand& bias);
/// The same without a bias.
Var linear(const Operand& x, const Operand& weight);

} // namespace tapestry::inline TAPESTRY_PRECISION
