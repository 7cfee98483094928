#include "text/counting/sparse_rows.hpp"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::span<const std::int32_t> SparseRows::ids_of(std::size_t row) const {
  return std::span(ids).subspan(begins.at(row), begins.at(row + 1) - begins[row]);
}

std::span<const real> SparseRows::values_of(std::size_t row) const {
  return std::span(values).subspan(begins.at(row), begins.at(row + 1) - begins[row]);
}

void SparseRows::add_row(std::span<const std::int32_t> row_ids, std::span<const real> row_values) {
  if (row_ids.size() != row_values.size())
    throw std::invalid_argument(fmt::format("SparseRows: a row of {} columns has {} values",
                                            row_ids.size(), row_values.size()));
  for (const std::int32_t id : row_ids)
    if (id < 0 || static_cast<std::size_t>(id) >= columns)
      throw std::invalid_argument(
          fmt::format("SparseRows: there is no column {}; there are {}", id, columns));
  ids.insert(ids.end(), row_ids.begin(), row_ids.end());
  values.insert(values.end(), row_values.begin(), row_values.end());
  begins.push_back(ids.size());
}

SparseRows SparseRows::select(std::span<const std::size_t> which) const {
  SparseRows result;
  result.columns = columns;
  for (const std::size_t row : which) {
    if (row >= rows())
      throw std::out_of_range(
          fmt::format("SparseRows: there is no row {}; there are {}", row, rows()));
    result.add_row(ids_of(row), values_of(row));
  }
  return result;
}

Tensor SparseRows::dense() const {
  Tensor result = zeros({rows(), columns});
  for (std::size_t row = 0; row < rows(); ++row)
    for (std::size_t i = begins[row]; i < begins[row + 1]; ++i)
      result.data()[row * columns + static_cast<std::size_t>(ids[i])] += values[i];
  return result;
}

//> sparse-matmul
Var sparse_matmul(const SparseRows& rows, const Operand& table) {
  if (table.rank() != 2 || table.shape()[0] != rows.columns)
    shape_error("sparse_matmul", {table},
                fmt::format("expected a table of shape ({}, D)", rows.columns));
  const auto x = std::make_shared<const SparseRows>(rows);
  const std::size_t d = table.shape()[1];
  // Calls f(row of x, its entry's value, row of the table) for every entry.
  const auto each = [x](const auto& f) {
    for (std::size_t row = 0; row < x->rows(); ++row)
      for (std::size_t i = x->begins[row]; i < x->begins[row + 1]; ++i)
        f(row, x->values[i], static_cast<std::size_t>(x->ids[i]));
  };
  Tensor out = zeros({x->rows(), d});
  const real* from = table.value().data();
  each([&](std::size_t row, real value, std::size_t id) {
    for (std::size_t j = 0; j < d; ++j) out.data()[row * d + j] += value * from[id * d + j];
  });
  Var y{std::move(out)};
  return record("sparse_matmul", y, {table}, [table, y, x, each, d] {
    real* to = table.grad_rows(x->ids).data(); // the other rows get nothing
    const real* dy = y.grad().data();
    each([&](std::size_t row, real value, std::size_t id) {
      for (std::size_t j = 0; j < d; ++j) to[id * d + j] += value * dy[row * d + j];
    });
  });
}
//< sparse-matmul

} // namespace tapestry::inline TAPESTRY_PRECISION
