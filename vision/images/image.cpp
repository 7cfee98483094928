#include "vision/images/image.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <stb_image_write.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/resize.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Channel c of a pixel from 0 to 1, over white; exact where alpha is 255.
real over_white(const std::uint8_t* pixel, std::size_t c) {
  const int alpha = pixel[3];
  return static_cast<real>(pixel[c] * alpha + 255 * (255 - alpha)) / real{255 * 255};
}

void check_shape(const char* function, const Tensor& image, bool colour) {
  if (image.dimension() != 3 || image.size() == 0 || (colour && image.shape(0) != 3))
    throw ShapeError(fmt::format("{}: a picture of shape {}; expected ({}, H, W), none of them 0",
                                 function, to_string(image.shape()), colour ? "3" : "C"));
}

} // namespace

Tensor read_image(const std::string& path) {
  const Pixels picture = read_pixels(path);
  const std::size_t n = picture.height * picture.width;
  Tensor image = Tensor::from_shape({3, picture.height, picture.width});
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      image.data()[c * n + i] = over_white(&picture.rgba[4 * i], c);
  return image;
}

Tensor read_square(const std::string& path, std::size_t side, std::size_t least) {
  if (side == 0) throw ShapeError("read_square: to 0 x 0; expected at least 1 x 1");
  const Pixels picture = read_pixels(path);
  const std::size_t s = std::min(picture.height, picture.width);
  if (s < least)
    throw FormatError(fmt::format("{}: the picture is {}x{} pixels, expected at least {}x{}", path,
                                  picture.width, picture.height, least, least));
  const std::size_t top = (picture.height - s) / 2, left = (picture.width - s) / 2;
  const auto row = [&](std::size_t c, std::size_t y, real* out) {
    const std::uint8_t* pixels = &picture.rgba[4 * ((top + y) * picture.width + left)];
    for (std::size_t x = 0; x < s; ++x) out[x] = over_white(pixels + 4 * x, c);
    return out;
  };
  const std::vector<Taps> both = taps(s, side, Filter::bilinear);
  return resize_rows(3, s, s, row, both, both);
}

std::string encode_png(const Tensor& image) {
  check_shape("encode_png", image, true);
  const std::size_t h = image.shape(1), w = image.shape(2);
  std::vector<unsigned char> rgb(3 * h * w);
  for (std::size_t i = 0; i < h * w; ++i)
    for (std::size_t c = 0; c < 3; ++c) {
      const real x = image.data()[c * h * w + i];
      const real level = x > 0 ? std::min(x, real{1}) * 255 : 0; // NaN is black
      rgb[3 * i + c] = static_cast<unsigned char>(std::lround(level));
    }
  std::string bytes;
  const auto append = [](void* to, void* from, int size) {
    static_cast<std::string*>(to)->append(static_cast<char*>(from), static_cast<std::size_t>(size));
  };
  if (stbi_write_png_to_func(append, &bytes, static_cast<int>(w), static_cast<int>(h), 3,
                             rgb.data(), static_cast<int>(3 * w)) == 0)
    throw std::bad_alloc();
  return bytes;
}

void write_png(const std::string& path, const Tensor& image) {
  write_file_atomically(path, encode_png(image));
}

Tensor center_square(const Tensor& image) {
  check_shape("center_square", image, false);
  const std::size_t planes = image.shape(0), h = image.shape(1), w = image.shape(2);
  const std::size_t side = std::min(h, w), top = (h - side) / 2, left = (w - side) / 2;
  Tensor square = Tensor::from_shape({planes, side, side});
  for (std::size_t c = 0; c < planes; ++c)
    for (std::size_t y = 0; y < side; ++y)
      std::copy_n(image.data() + (c * h + top + y) * w + left, side,
                  square.data() + (c * side + y) * side);
  return square;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
