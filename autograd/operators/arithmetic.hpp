// Arithmetic of two tensors, entry by entry, with broadcasting.
#pragma once

#include <concepts>
#include <type_traits>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// a: (...), b: (...) -> their broadcast shape. Sizes are aligned at the last axis and must be equal
// or 1; anything else is a ShapeError. A plain number is a tensor of shape ().
Var operator+(const Operand& a, const Operand& b);
Var operator-(const Operand& a, const Operand& b);
Var operator*(const Operand& a, const Operand& b);
Var operator/(const Operand& a, const Operand& b);
Var operator-(const Operand& x);

/// The larger, and the smaller, of two entries; where they are equal, each gets half of the
/// gradient. NaN beside anything is NaN, and both get the gradient, as in PyTorch.
Var maximum(const Operand& a, const Operand& b);
Var minimum(const Operand& a, const Operand& b);

// A Var beside a bare Tensor does not compile: write constant(tensor). Without these, xtensor's own
// operators would take the pair, as an array beside one entry, and the tape would record nothing.
// These fit no worse and ask for more, so they are chosen, and refuse.
template <class T, class V>
concept TensorBeside = std::derived_from<std::remove_cvref_t<V>, Var> &&
    xt::is_xexpression<std::remove_cvref_t<T>>::value;
template <class A, class B>
concept Mixed = TensorBeside<A, B> || TensorBeside<B, A>;
template <class A, Mixed<A> B> Var operator+(A&&, B&&) = delete; // write constant(tensor)
template <class A, Mixed<A> B> Var operator-(A&&, B&&) = delete; // write constant(tensor)
template <class A, Mixed<A> B> Var operator*(A&&, B&&) = delete; // write constant(tensor)
template <class A, Mixed<A> B> Var operator/(A&&, B&&) = delete; // write constant(tensor)
template <class A, Mixed<A> B> Var maximum(A&&, B&&) = delete;   // write constant(tensor)
template <class A, Mixed<A> B> Var minimum(A&&, B&&) = delete;   // write constant(tensor)

} // namespace tapestry::inline TAPESTRY_PRECISION
