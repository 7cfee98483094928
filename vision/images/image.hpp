// Pictures as tensors: (3, H, W), red, green and blue, each from 0 to 1.
#pragma once

#include <string>
#include <string_view>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A PNG or JPEG file -> (3, H, W) in [0, 1]. Grey and palette become RGB, transparency shows
/// white. Throws FormatError of one line: missing, empty, cut off, neither PNG nor JPEG, or more
/// than 50 million pixels.
Tensor read_image(const std::string& path);

/// image: (3, H, W), clipped to [0, 1] and rounded to 8 bits. Throws ShapeError, or FormatError if
/// the file cannot be written; a file that was there before then stays as it was.
void write_png(const std::string& path, const Tensor& image);

/// image: (3, H, W) -> the bytes of a PNG file.
std::string encode_png(const Tensor& image);

/// image: (C, H, W) -> (C, height, width). Averages areas to shrink, interpolates linearly to
/// enlarge. Throws ShapeError.
Tensor resize(const Tensor& image, std::size_t height, std::size_t width);

/// image: (C, H, W) -> (C, S, S), the middle, S the shorter of H and W. Throws ShapeError.
Tensor center_square(const Tensor& image);

} // namespace tapestry::inline TAPESTRY_PRECISION
