// Pictures in a terminal, as text that it draws.
#pragma once

#include <cstddef>
#include <string>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// image: (3, H, W), clipped to [0, 1] -> lines of `columns` characters, two pixels a character:
/// the upper half block in the upper pixel's colour, on the lower one's. A character is taken for
/// twice as high as wide, so the picture keeps its proportions. Terminals with 24-bit colour show
/// it; the colours are put back at the end of each line. Throws ShapeError for another shape, an
/// empty picture, or 0 or more than 1,000 columns.
std::string half_blocks(const Tensor& image, std::size_t columns);

/// image: (3, H, W), clipped to [0, 1] -> the picture `width` pixels wide as sixels (DEC, VT330
/// programmer reference, chapter 14), for terminals that have real pixels: xterm -ti vt340, mlterm,
/// foot, WezTerm. 216 colours, six steps of each; what rounding loses goes to the pixels beside
/// and below (Floyd and Steinberg 1976). Throws ShapeError as half_blocks does, for 0 or more than
/// 4,000 pixels.
std::string sixels(const Tensor& image, std::size_t width);

} // namespace tapestry::inline TAPESTRY_PRECISION
