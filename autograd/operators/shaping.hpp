// Operators that move entries without changing them.
#pragma once

#include <span>
#include <vector>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The same entries in the same order under another shape of the same size.
Var reshape(const Operand& x, const Shape& shape);
/// All axes in reverse order; a matrix is flipped at its diagonal. x: (m, n) -> (n, m)
Var transpose(const Operand& x);
/// Axis i of the result is axis order[i] of x.
Var transpose(const Operand& x, const Axes& order);
/// x repeated along axes of size 1, and along new axes in front.
Var broadcast_to(const Operand& x, const Shape& shape);

/// Entries begin .. end-1 along one axis. x: (..., n, ...) -> (..., end - begin, ...)
Var slice(const Operand& x, int axis, std::size_t begin, std::size_t end);
/// One entry along an axis, which disappears. x: (..., n, ...) -> (..., ...)
Var select(const Operand& x, int axis, std::size_t index);
/// Tensors joined along an axis that exists. (..., n1, ...), (..., n2, ...) -> (..., n1 + n2, ...)
Var concatenate(std::span<const Var> parts, int axis = 0, Caller at = Caller::here());
inline Var concatenate(std::initializer_list<Var> parts, int axis = 0, Caller at = Caller::here()) {
  return concatenate(std::span(parts.begin(), parts.size()), axis, at);
}
/// Tensors of one shape joined along a new axis, in front unless told. -1: behind all others.
/// n times (...) -> (n, ...)
Var stack(std::span<const Var> parts, int axis = 0, Caller at = Caller::here());
inline Var stack(std::initializer_list<Var> parts, int axis = 0, Caller at = Caller::here()) {
  return stack(std::span(parts.begin(), parts.size()), axis, at);
}
/// Cut along an axis into pieces of `size` entries, of which the last may be smaller.
/// (..., n, ...) -> (..., size, ...), (..., size, ...), ...
std::vector<Var> split(const Operand& x, std::size_t size, int axis = 0);
/// Into pieces of these sizes, which make up the axis.
std::vector<Var> split(const Operand& x, const std::vector<std::size_t>& sizes, int axis = 0);

/// The value as a constant: the gradient stops here.
Var detach(const Operand& x);

} // namespace tapestry::inline TAPESTRY_PRECISION
