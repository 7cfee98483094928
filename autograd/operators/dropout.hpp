// Dropout (Srivastava et al. 2014), in the form that leaves the expected value unchanged.
#pragma once

#include "autograd/operand.hpp"
#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Each entry becomes 0 with probability p, and is divided by 1 - p otherwise. 0 <= p <= 1, or a
/// std::invalid_argument. x: (...) -> (...)
Var dropout(const Operand& x, double p, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
