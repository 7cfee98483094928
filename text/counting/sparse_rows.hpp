// Rows of numbers of which few are other than zero, and their product with a table.
//
// A sentence of ten words is a row of 100,000 counts, 99,990 of them zero. Kept are the others:
//
//   the cat and the dog  ->  columns 0 (the) 3 (cat) 7 (and) 9 (dog), values 2 1 1 1
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A matrix (rows, columns), row after row (the format is known as compressed sparse rows).
struct SparseRows {
  std::size_t columns = 0;
  std::vector<std::size_t> begins{0}; ///< row i has the entries begins[i] .. begins[i + 1] - 1
  std::vector<std::int32_t> ids;      ///< the column of each entry
  std::vector<real> values;           ///< its number

  std::size_t rows() const { return begins.size() - 1; }
  std::span<const std::int32_t> ids_of(std::size_t row) const;
  std::span<const real> values_of(std::size_t row) const;

  /// One row more. A column may come twice: its values add up in products. Throws
  /// std::invalid_argument for spans of different lengths and for a column that is not there.
  void add_row(std::span<const std::int32_t> row_ids, std::span<const real> row_values);
  /// The rows of these numbers, in this order: a batch. Throws std::out_of_range.
  SparseRows select(std::span<const std::size_t> which) const;
  /// All of it, zeros too: (rows, columns). For small ones.
  Tensor dense() const;
};

/// The matrix product x table. Only rows of the table that x names are read, and only their
/// gradients are written. A ShapeError if x.columns is not V. x: (n, V), table: (V, D) -> (n, D)
Var sparse_matmul(const SparseRows& x, const Operand& table);

} // namespace tapestry::inline TAPESTRY_PRECISION
