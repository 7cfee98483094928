// Matrices as grids of cells, for the chapter's figures: tables that gnuplot draws.
#pragma once

#include <string>

#include <fmt/format.h>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A row a cell: the place of its centre, its number, and its colour (1 to 6; 0: none). The first
/// entry of x stands at (left, top); a cell is one unit wide and high.
/// x: (rows, columns); color: (row, column) -> number
template <class Color> std::string cells(const Tensor& x, double left, double top, Color color) {
  std::string tsv;
  for (std::size_t i = 0; i < x.shape()[0]; ++i)
    for (std::size_t j = 0; j < x.shape()[1]; ++j)
      tsv += fmt::format("{}\t{}\t{:.4f}\t{}\n", left + static_cast<double>(j),
                         top - static_cast<double>(i), x(i, j) + 0.0, color(i, j));
  return tsv;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
