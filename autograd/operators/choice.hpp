// Entries chosen by a condition, by number, or for being the largest.
#pragma once

#include <concepts>
#include <type_traits>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// where(condition, a, b): a where the condition is not 0, b elsewhere; all three broadcast. What
/// is not chosen gets no gradient, and does not spoil it if it is NaN or infinite. condition, a, b:
/// (...) -> their broadcast shape. A ShapeError if they do not broadcast. PyTorch's masked_fill(x,
/// mask, v) is where(mask, v, x).
Var chosen(const Indices& condition, const Operand& a, const Operand& b);

// xtensor has a `where` of its own, which would take the condition and two Vars as its entries.
// This one has the same parameters and asks for more, so it is chosen. It cannot ask for its
// caller's line as well: an error says the line of an Operand, or of the layer around it.
template <class A, class B>
concept OneIsVar = std::derived_from<std::remove_cvref_t<A>, Var> ||
    std::derived_from<std::remove_cvref_t<B>, Var>;
inline Operand without_place(const Operand& x) { return x; }
inline Operand without_place(const Var& x) { return {x, Caller{"where", 0}}; }
inline Operand without_place(double x) { return {x, Caller{"where", 0}}; }
template <class Condition, class A, class B>
  requires OneIsVar<A, B>
Var where(Condition&& condition, A&& a, B&& b) {
  return chosen(condition, without_place(a), without_place(b));
}

/// Along one axis, the entries that ids names, place by place, as torch.gather: for axis 1 of
/// three, y[i, j, k] = x[i, ids[i, j, k], k]. ids has x's rank, and along the other axes at most
/// x's size; y has its shape. An entry that is gathered twice gets both gradients. A ShapeError
/// names an id that is not there.
Var gather(const Operand& x, int axis, const Indices& ids);

/// Where the largest entry along an axis stands, the first of several equal ones; NaN counts as
/// larger than all. No gradient. x: (..., n, ...) -> (..., ...). A ShapeError if n is 0.
Indices argmax(const Operand& x, int axis);

} // namespace tapestry::inline TAPESTRY_PRECISION
