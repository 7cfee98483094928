// One number for each example, from the rows that it has in a joined matrix.
#pragma once

#include <span>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The sums, or the means, of runs of rows. Run i has rows[i] of them. x: (N, 1) -> (n, 1)
Var segment_sums(const Operand& x, std::span<const std::size_t> rows);
Var segment_means(const Operand& x, std::span<const std::size_t> rows);

} // namespace tapestry::inline TAPESTRY_PRECISION
