// A matrix laid out for the multiplication: the right operand, in panels as wide as three
// registers.
//
// A product computes its result tile by tile: 8 x 48 numbers that stay in 24 registers while the
// kernel runs down the shared axis, in each step adding (one entry of a) times (48 of b) to each of
// eight rows. b must lie so that those 48 are neighbours, and the next 48 follow: that is a panel.
// Every BLAS makes this copy for every product. Made once, it serves a recurrent layer for all its
// steps, and all threads that work on one product.
//
// Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
#pragma once

#include <cstddef>
#include <functional>

#include "autograd/base/matrix.hpp"
#include "autograd/base/pool.hpp"
#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

class Panels {
public:
  /// Copies b, (k, n). A large matrix is copied by all cores.
  Panels(std::size_t k, std::size_t n, const Matrix& b);

  /// A part of one panel: rows .. of columns .. of b, row after row, `stride` apart.
  struct Piece {
    std::size_t first_row, rows, first_column, columns;
    real* to;
    std::size_t stride;
  };
  /// A b that lies nowhere in memory: `write` is called once for every piece, and writes it.
  Panels(std::size_t k, std::size_t n, const std::function<void(const Piece&)>& write);

  /// c = a b, or c += a b if `accumulate`. a: (m, k), c: (m, n), rows `c_stride` apart. On the
  /// calling thread. Each row's bits depend on that row of a alone, not on m.
  void product(std::size_t m, const Matrix& a, real* c, std::size_t c_stride,
               bool accumulate) const {
    product(m, a, c, c_stride, accumulate, 0, count(), nullptr);
  }
  /// The same for the columns of panels first .. last-1 alone, and for a transposed a, which needs
  /// `scratch`, of scratch_size entries.
  void product(std::size_t m, const Matrix& a, real* c, std::size_t c_stride, bool accumulate,
               std::size_t first, std::size_t last, real* scratch) const;

  /// The number of panels.
  std::size_t count() const;
  static const std::size_t scratch_size;
  /// Rows of the tile: rows are best shared out in multiples of it.
  static const std::size_t tile_rows;

private:
  std::size_t k_, n_;
  Buffer<real> data_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
