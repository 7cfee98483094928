// Matrix products.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// a: (..., m, k), b: (..., k, n) -> (..., m, n), matrix by matrix; the leading axes broadcast. A
/// stack of matrices times one, b: (k, n), is one tall matrix and costs one product. As in PyTorch,
/// a vector a: (k) stands for (1, k) and a vector b: (k) for (k, 1), and the result lacks that
/// axis. A ShapeError if the inner sizes differ.
Var matmul(const Operand& a, const Operand& b);

/// x: (..., k), weight: (n, k), bias: (n) -> (..., n), x weight^T + bias in one operator: the same
/// as matmul(x, transpose(weight)) + bias without copying the weight.
Var linear(const Operand& x, const Operand& weight, const Operand& bias);
/// The same without a bias.
Var linear(const Operand& x, const Operand& weight);

} // namespace tapestry::inline TAPESTRY_PRECISION
