// Losses on numbers and on yes-or-no answers.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The mean of (prediction - target)^2 over all entries. Both of one shape -> (). A
/// ShapeError if they differ or have no entries.
Var mse_loss(const Operand& prediction, const Operand& target);

/// The mean over all entries of -t log p - (1 - t) log(1 - p) with p = sigmoid(x), in a form that
/// cannot overflow: max(x, 0) - x t + log(1 + exp(-|x|)). Targets in [0, 1]. Both of one shape ->
/// (). A ShapeError if they differ or have no entries.
Var binary_cross_entropy(const Operand& logits, const Operand& target);

} // namespace tapestry::inline TAPESTRY_PRECISION
