// Reductions: a tensor becomes smaller along some of its axes.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// x: (...) -> x's shape without `axes`, or with 1 in their place if `keepdims`. No axes means all
// of them, and the result is a scalar of shape (). -1 is the last axis. Over no entries, a sum is
// 0, mean and variance are NaN, as in PyTorch, and max and min a ShapeError.
Var sum(const Operand& x, const Axes& axes = {}, bool keepdims = false);
Var mean(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// The largest entry; where several are equal, each gets an equal share of the gradient. If one is
/// NaN, so is the result, and the gradient.
Var max(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// The smallest entry, in the same way.
Var min(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// log(sum(exp(x))), without overflow. Of nothing but -inf it is -inf, and the gradient 0. A
/// ShapeError over no entries.
Var logsumexp(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// The variance: squared distances from the mean, summed and divided by n - correction (1: the
/// unbiased estimate, as in PyTorch; 0: the mean square). A ShapeError if there are entries, but
/// not more than `correction`.
Var var(const Operand& x, const Axes& axes = {}, bool keepdims = false, int correction = 1);

} // namespace tapestry::inline TAPESTRY_PRECISION
