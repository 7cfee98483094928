// Pictures made smaller or larger: a linear operator, and its pull-back.
#pragma once

#include <functional>
#include <vector>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// How an output pixel is made from the input pixels around its centre. To shrink, both filters are
/// stretched by the factor, so that every input counts (antialiasing). Pillow calls them BOX and
/// BILINEAR; torchvision's `antialias=True` is the same.
enum class Filter {
  area,    ///< the mean of the inputs whose centres lie in the output pixel; enlarging repeats them
  bilinear ///< a triangle, two output pixels wide; enlarging interpolates linearly
};

/// image: (C, H, W) -> (C, height, width). Throws ShapeError.
Tensor resize(const Tensor& image, std::size_t height, std::size_t width,
              Filter filter = Filter::bilinear);

/// The same on the tape. Its pull-back is the transposed matrix: each gradient goes back to the
/// inputs that its pixel was made from, with the same weights.
Var resize(const Operand& image, std::size_t height, std::size_t width,
           Filter filter = Filter::bilinear);

/// A row of the matrix that resizes one axis: `weights` for the inputs from `first` on, 0 for the
/// others.
struct Taps {
  std::size_t first;
  std::vector<real> weights;
};

/// The matrix that resizes an axis of `from` pixels to `to` pixels, a row for each output. The
/// weights of a row sum to 1; the first and the last may be 0.
std::vector<Taps> taps(std::size_t from, std::size_t to, Filter filter);
/// Its transpose, a row for each of the `from` inputs.
std::vector<Taps> transposed(const std::vector<Taps>& rows, std::size_t from);

/// Row y of plane c, w numbers: where they lie, or written to `scratch` (w numbers). Called by many
/// threads at once.
using PictureRows = std::function<const real*(std::size_t c, std::size_t y, real* scratch)>;
/// Resizes C planes of h rows that are only asked for one at a time; a row may be asked for again.
/// down: rows of h, across: rows of w.
Tensor resize_rows(std::size_t planes, std::size_t h, std::size_t w, const PictureRows& rows,
                   const std::vector<Taps>& down, const std::vector<Taps>& across);

} // namespace tapestry::inline TAPESTRY_PRECISION
