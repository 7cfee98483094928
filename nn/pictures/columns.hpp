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
#include "nn/pictures/some_lanes.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The columns of n neighbouring output pixels, the first of them `first`, counted through the
/// pictures; the row (c, i, j) of such a column is what the kernel's tap (i, j) sees in channel c.
class Columns {
public:
  Columns(const ConvGeometry& g, std::size_t first, std::size_t n);

  /// Writes the rows first_row .. first_row + rows - 1, `stride` apart.
  /// image: (C / groups, H, W), one group's channels, of the first picture -> to: (rows, n)
  void write(const real* image, std::size_t first_row, std::size_t rows, real* to,
             std::size_t stride) const;
  /// The reverse: adds every entry to the pixel that it would have been copied from.
  /// columns: (channels * kh * kw, n), rows `stride` apart -> image: (channels, H, W)
  void add_to(real* image, std::size_t channels, const real* columns, std::size_t stride) const;

private:
  // What a tap sees for a run of pixels, neighbours in a row, at `at` among the n and not more than
  // a register: its lanes `there` lie in the picture; lane 0 is, or would be, entry
  // `from` of a plane. With a stride of 2 they are every second lane of `low` and, behind it,
  // `high`.
  struct Seen {
    std::size_t at = 0;
    std::ptrdiff_t from = 0;
    SomeLanes run, there, low, high;
  };
  Seen seen(std::size_t at, std::size_t n, std::size_t column) const;

  const ConvGeometry& g_;
  std::size_t runs_;                            // of a tap
  std::vector<Seen, PoolAllocator<Seen>> seen_; // (taps, runs): the same in every channel
};

/// The columns of n pixels, all rows, as the right operand of a product.
/// image: (C / groups, H, W) -> (patch, n)
Panels panels_of(const ConvGeometry& g, const real* image, std::size_t first, std::size_t n);

/// The output pixels of so many pictures cut into pieces of almost equal size. It depends on the
/// sizes alone: where pieces are added up, the order of the sums must not depend on the machine.
class PixelPieces {
public:
  explicit PixelPieces(const ConvGeometry& g, std::size_t pictures = 1);
  std::size_t count() const { return count_; }
  std::size_t largest() const;
  std::size_t begin(std::size_t piece) const;
  std::size_t size(std::size_t piece) const { return begin(piece + 1) - begin(piece); }

private:
  std::size_t pixels_, count_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
