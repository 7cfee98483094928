// Token ids, class labels, masks: making them, cutting them, joining them.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// ids_from(v): (n). Any whole numbers; a ShapeError names one that does not fit into 32 bits.
Indices ids_from(std::span<const int> ids);
Indices ids_from(std::span<const std::size_t> ids);
inline Indices ids_from(const std::vector<int>& ids) { return ids_from(std::span(ids)); }
inline Indices ids_from(const std::vector<std::size_t>& ids) { return ids_from(std::span(ids)); }
/// 0 .. n-1. -> (n)
Indices count_up(std::size_t n);

/// Rows begin .. end-1. ids: (n, ...) -> (end - begin, ...)
Indices rows(const Indices& ids, std::size_t begin, std::size_t end);
/// Row i, without its axis. ids: (n, ...) -> (...)
Indices take_row(const Indices& ids, std::size_t i);
/// Joined along the first axis. (n1, ...), (n2, ...) -> (n1 + n2, ...)
Indices join(std::span<const Indices> parts);
inline Indices join(std::initializer_list<Indices> parts) {
  return join(std::span(parts.begin(), parts.size()));
}

/// Sequences side by side, each one a column, the shorter ones filled up with `pad` at their ends:
/// time first, as recurrent layers take them. -> (T, B), or (B, T) if `batch_first`.
Indices stack_padded(std::span<const std::vector<int>> sequences, int pad,
                     bool batch_first = false);

/// 1 where an id is `wanted`, else 0: a mask for `where` and `softmax`. (...) -> (...)
Indices equals(const Indices& ids, int wanted);
/// 1 where it is not.
Indices differs(const Indices& ids, int unwanted);

/// Rows that are 1 at the id and 0 elsewhere. ids: (...) -> (..., classes). A ShapeError names an
/// id outside 0 .. classes-1.
Tensor one_hot(const Indices& ids, std::size_t classes);

} // namespace tapestry::inline TAPESTRY_PRECISION
