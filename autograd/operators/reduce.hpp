// Reductions: a tensor becomes smaller along some of its axes.
#pragma once

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// x: (...) -> x's shape without `axes`, or with 1 in their place if `keepdims`. No axes means all
// of them, and the result is a scalar of shape (). -1 is the last axis. Reducing an axis of size 0
// is a ShapeError for all but sum.
Var sum(const Operand& x, const Axes& axes = {}, bool keepdims = false);
Var mean(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// The largest entry; where several are equal, each gets an equal share of the gradient.
Var max(const Operand& x, const Axes& axes = {}, bool keepdims = false);
/// The variance: squared distances from the mean, summed and divided by n - correction (1: the
/// unbiased estimate, as in PyTorch; 0: the mean square).
Var var(const Operand& x, const Axes& axes = {}, bool keepdims = false, int correction = 1);

} // namespace tapestry::inline TAPESTRY_PRECISION
