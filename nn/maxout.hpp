// Maxout: of two candidates for each entry, the larger.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// y[k] = max(x[2k], x[2k+1]), after a linear layer a function that is learnt together with its
/// shape: convex, of two pieces (Goodfellow et al. 2013, section 3). Of two equal entries each gets
/// half of the gradient. A ShapeError if there are no pairs. x: (..., 2K) -> (..., K)
Var maxout(const Operand& x);

} // namespace tapestry::inline TAPESTRY_PRECISION
