// From many steps to one vector: what a sequence says as a whole, without its padding.
#pragma once

#include "autograd/operand.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// x: (T, B, ...), lengths: (B), each in 1 .. T, or a ShapeError. What stands behind a sequence's
// end has no influence on the result, NaN included, and gets no gradient.

/// Step lengths[b] - 1 of sequence b. -> (B, ...)
Var last_valid(const Operand& x, const Lengths& lengths);
/// The mean over its steps. -> (B, ...)
Var mean_valid(const Operand& x, const Lengths& lengths);
/// The largest value over its steps, entry by entry. -> (B, ...)
Var max_valid(const Operand& x, const Lengths& lengths);

/// The mean over all valid entries of a batch of losses, one a step: every token counts alike,
/// whichever sequence it belongs to. losses: (T, B) -> ()
Var masked_mean(const Operand& losses, const Lengths& lengths);

} // namespace tapestry::inline TAPESTRY_PRECISION
