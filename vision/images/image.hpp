// Pictures as tensors: (3, H, W), red, green and blue, each from 0 to 1.
#pragma once

#include <string>
#include <string_view>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A PNG, JPEG, PPM, PGM or BMP file, told by its content -> (3, H, W) in [0, 1], upright as its
/// EXIF orientation says. Grey, palette and CMYK become RGB, transparency shows white, 16 bits
/// become 8. Throws FormatError of one line: missing, no file, empty, cut off, damaged, of a kind
/// that is not supported, or too large.
///
/// A picture may have 50 million pixels and its file 200 MB; a JPEG 100 scans, and so many that
/// scans times pixels stay below 1e9. Then decoding takes at most 10 bytes a pixel beside the file
/// (4, and for a progressive JPEG 6 more), and the result 12.
Tensor read_image(const std::string& path);

/// What resize(center_square(read_image(path)), side, side) gives (resize.hpp), bit for bit -> (3,
/// side, side), without the picture as floats in between. A FormatError if it has fewer than
/// `least` pixels a side.
Tensor read_square(const std::string& path, std::size_t side, std::size_t least = 1);

/// image: (3, H, W), clipped to [0, 1] and rounded to 8 bits. Throws ShapeError, or FormatError if
/// the file cannot be written; a file that was there before then stays as it was.
void write_png(const std::string& path, const Tensor& image);

/// image: (3, H, W) -> the bytes of a PNG file.
std::string encode_png(const Tensor& image);

/// image: (C, H, W) -> (C, S, S), the middle, S the shorter of H and W. Throws ShapeError.
Tensor center_square(const Tensor& image);

} // namespace tapestry::inline TAPESTRY_PRECISION
