// What an N-ary tree LSTM does with its products, as two operators: nary_cell (tree_lstm.hpp) is to
// be read, this is to be trained with.
#pragma once

#include <span>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// c = i u + sum of f_k c_k.
/// read: (B, 4H), what x sends to i, o, u and f, or (4H) for all rows, the bias, where there is no
/// x; sent: (B, (3 + N)H), what the children send to i, o, u and f_1 .. f_N, or without children
/// not given; cells: N of (B, H) -> (B, H). Tai, Socher and Manning 2015, equations 9 to 13. A
/// ShapeError unless all shapes fit.
Var tree_cell(const Operand& read, const Operand& sent, std::span<const Var> cells);

/// h = o tanh(c). cell: (B, H) -> (B, H); equation 14.
Var tree_output(const Operand& read, const Operand& sent, const Operand& cell);

} // namespace tapestry::inline TAPESTRY_PRECISION
