// Patches of a picture laid out as columns: then a convolution is a matrix product.
//
// The columns of a whole picture are as many pictures as the kernel has taps. So they are never
// made whole: a piece of them at a time, small enough for the second cache, is written straight
// into the panels that the product reads, and forgotten.
//
// Chellapilla et al. 2006, "High performance convolutional neural networks for document
// processing".
#pragma once

#include "autograd/base/panels.hpp"
#include "nn/pictures/geometry.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The columns of n neighbouring output pixels, the first of them `first`; the row (c, i, j) of
/// such a column is what the kernel's tap (i, j) sees in channel c.
class Columns {
public:
  Columns(const ConvGeometry& g, std::size_t first, std::size_t n);

  /// Writes the rows first_row .. first_row + rows - 1, `stride` apart.
  /// image: (C / groups, H, W), one group's channels -> to: (rows, n)
  void write(const real* image, std::size_t first_row, std::size_t rows, real* to,
             std::size_t stride) const;
  /// The reverse: adds every entry to the pixel that it would have been copied from.
  /// columns: (channels * kh * kw, n), rows `stride` apart -> image: (channels, H, W)
  void add_to(real* image, std::size_t channels, const real* columns, std::size_t stride) const;

private:
  // Pixels of one output row; tap (0, 0) sees picture row y and the columns x, x + stride, ..., of
  // which some may lie in the padding.
  struct Run {
    std::ptrdiff_t y, x;
    std::size_t at, n;
  };
  // The part begin .. end-1 of a run whose tap (i, j) sees the picture, and where it sees it.
  struct Seen {
    std::size_t begin, end, from;
  };
  Seen seen(const Run& run, std::size_t i, std::size_t j) const;

  const ConvGeometry& g_;
  std::vector<Run, PoolAllocator<Run>> runs_;
};

/// The columns of n pixels, all rows, as the right operand of a product.
/// image: (C / groups, H, W) -> (patch, n)
Panels panels_of(const ConvGeometry& g, const real* image, std::size_t first, std::size_t n);

/// The output pixels cut into pieces of almost equal size. It depends on the sizes alone: where
/// pieces are added up, the order of the sums must not depend on the machine.
class PixelPieces {
public:
  explicit PixelPieces(const ConvGeometry& g);
  std::size_t count() const { return count_; }
  std::size_t largest() const;
  std::size_t begin(std::size_t piece) const;
  std::size_t size(std::size_t piece) const { return begin(piece + 1) - begin(piece); }

private:
  std::size_t pixels_, count_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
