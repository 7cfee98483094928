// Rows of a table, looked up by number: how word ids become vectors.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// table: (V, D), ids: (...) -> (..., D): row ids[i] for every i. A ShapeError names an id outside
/// 0 .. V-1. The gradient is scattered back: a row looked up twice gets both gradients.
Var embedding(const Operand& table, const Indices& ids);

/// Entries ids[0], ids[1], ... along one axis, in that order; -1 is the last axis. A ShapeError
/// names an id that is not there. x: (..., n, ...), ids: (m) -> (..., m, ...)
Var index_select(const Operand& x, int axis, const Indices& ids);

} // namespace tapestry::inline TAPESTRY_PRECISION
