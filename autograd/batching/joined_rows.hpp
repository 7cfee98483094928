// Rows of several examples as one matrix, and back.
//
// A tensor of shape (..., w) is rows of w numbers, which lie one after the other in memory. So the
// tensors of several examples become one matrix by lying one after the other themselves:
//
//   example 0  (2, w)  -.
//   example 1  (w)      |-> joined (6, w) -> one operator -> result (6, v) -> (2, v), (v), (3, v)
//   example 2  (3, w)  -'
//
// What is cut out of a result remembers which rows of it it is. If the next operator wants just
// these rows again, in this order, the result itself is taken: nothing is copied, and the gradient
// goes back to it at once. So a piece has no numbers of its own before somebody looks at them
// (Var::value), and no record before an operator is run on it alone (Tape::add).
#pragma once

#include <optional>
#include <span>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What knows of Var which rows it is.
struct JoinedRows {
  /// The rows of all parts, one after the other. A scalar is one row of one number.
  /// parts: (..., w) each -> (N, w)
  static Var join(std::span<const Var* const> parts, std::size_t width, Caller at);
  /// Rows of `joined`, (N, w), from `first` on, under a shape (..., w) that says how many. Nothing
  /// is copied yet.
  static Var cut(const Var& joined, std::size_t first, const Shape& shape);
  /// If x was cut out: the same, from its row `begin` on. Else nothing.
  static std::optional<Var> cut_again(const Var& x, std::size_t begin, const Shape& shape);

  /// Whether x is a number or an array that nobody computed and no gradient is wanted of.
  static bool is_plain(const Var& x) { return !x.needs_grad() && !x.node_->joined; }
  /// Whether x is a variable or a parameter: what examples share, if it is the same one.
  static bool is_leaf(const Var& x) { return x.node_->leaf != nullptr; }

  /// The size of the last axis; 1 for a scalar.
  static std::size_t width(const Shape& shape) { return shape.empty() ? 1 : shape.back(); }
  /// How many rows of that; 0 if the last axis is empty.
  static std::size_t rows(const Shape& shape);

private:
  static const real* numbers(const Var& x);
  static std::optional<Var> whole(std::span<const Var* const> parts);
};

} // namespace tapestry::inline TAPESTRY_PRECISION
