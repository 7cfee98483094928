#include "vision/images/image.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <stb_image_write.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "vision/images/decode.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::string first_characters(std::string_view bytes) {
  std::string shown;
  for (const char c : bytes.substr(0, 12)) {
    if (c >= ' ' && c <= '~')
      shown += c;
    else
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return fmt::format("\"{}{}\"", shown, bytes.size() > 12 ? "..." : "");
}

// Width and height as the PNG's header says.
std::pair<std::uint64_t, std::uint64_t> png_size(std::string_view bytes) {
  const auto number = [&](std::size_t at) {
    std::uint64_t n = 0;
    for (std::size_t i = at; i < at + 4; ++i) n = n << 8 | static_cast<unsigned char>(bytes[i]);
    return n;
  };
  return {number(16), number(20)};
}

// Looks at the first bytes before it reads the rest: a file of another kind may be of any size.
Pixels read_pixels(const std::string& path) {
  const std::string start = read_beginning(path, 32);
  if (start.empty())
    throw FormatError(path + ": the file is empty; expected a PNG or JPEG picture");
  const bool png = start.starts_with("\x89PNG\r\n\x1a\n");
  if (!png && !start.starts_with("\xff\xd8\xff"))
    throw FormatError(path + ": neither PNG nor JPEG: starts with " + first_characters(start));
  if (png && start.size() >= 24 && start.substr(12, 4) == "IHDR") {
    const auto [width, height] = png_size(start);
    check_pixels(path, width, height);
  }
  const std::string bytes = read_file(path, most_file_bytes);
  return png ? decode_png(path, bytes) : decode_jpeg(path, bytes);
}

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

// A row of the matrix that resizes one axis: `weights` for the inputs from `first` on.
struct Taps {
  std::size_t first;
  std::vector<real> weights;
};

// The filter is a triangle. Its half width is one input pixel to enlarge, which is linear
// interpolation, and one output pixel to shrink, so that every input counts.
std::vector<Taps> taps(std::size_t from, std::size_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(1.0, scale);
  std::vector<Taps> rows;
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, std::floor(centre - reach)));
    const std::size_t last = std::min(from, static_cast<std::size_t>(std::ceil(centre + reach)));
    Taps row{first, {}};
    double sum = 0;
    for (std::size_t j = first; j < last; ++j) {
      const double distance = std::abs(static_cast<double>(j) + 0.5 - centre);
      const double weight = std::max(0.0, 1 - distance / reach);
      row.weights.push_back(static_cast<real>(weight));
      sum += weight;
    }
    for (real& w : row.weights) w = static_cast<real>(w / sum); // at an edge taps are missing
    rows.push_back(std::move(row));
  }
  return rows;
}

// One row of all columns to those of the result.
void resize_row(const real* in, const std::vector<Taps>& across, real* out) {
  for (const Taps& taps_of : across) {
    real sum = 0;
    const real* x = in + taps_of.first;
    for (const real weight : taps_of.weights) sum += weight * *x++;
    *out++ = sum;
  }
}

// The columns. narrow: (C, h, W) -> (C, height, W)
Tensor resize_down(const Tensor& narrow, std::size_t height) {
  const std::size_t planes = narrow.shape(0), h = narrow.shape(1), width = narrow.shape(2);
  Tensor result = zeros({planes, height, width});
  const std::vector<Taps> down = taps(h, height);
  for (std::size_t c = 0; c < planes; ++c)
    for (std::size_t y = 0; y < height; ++y) {
      real* out = result.data() + (c * height + y) * width;
      const real* in = narrow.data() + (c * h + down[y].first) * width;
      for (const real weight : down[y].weights) {
        for (std::size_t x = 0; x < width; ++x) out[x] += weight * in[x];
        in += width;
      }
    }
  return result;
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

// Only the rows of the result's width are ever kept as floats.
Tensor read_square(const std::string& path, std::size_t side, std::size_t least) {
  if (side == 0) throw ShapeError("read_square: to 0 x 0; expected at least 1 x 1");
  const Pixels picture = read_pixels(path);
  const std::size_t s = std::min(picture.height, picture.width);
  if (s < least)
    throw FormatError(fmt::format("{}: the picture is {}x{} pixels, expected at least {}x{}", path,
                                  picture.width, picture.height, least, least));
  const std::size_t top = (picture.height - s) / 2, left = (picture.width - s) / 2;
  Tensor narrow = Tensor::from_shape({3, s, side});
  const std::vector<Taps> across = taps(s, side);
  std::vector<real> row(s);
  for (std::size_t y = 0; y < s; ++y) {
    const std::uint8_t* pixels = &picture.rgba[4 * ((top + y) * picture.width + left)];
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t x = 0; x < s; ++x) row[x] = over_white(pixels + 4 * x, c);
      real* out = narrow.data() + (c * s + y) * side;
      if (s == side)
        std::copy(row.begin(), row.end(), out);
      else
        resize_row(row.data(), across, out);
    }
  }
  return s == side ? narrow : resize_down(narrow, side);
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

Tensor resize(const Tensor& image, std::size_t height, std::size_t width) {
  check_shape("resize", image, false);
  if (height == 0 || width == 0)
    throw ShapeError(fmt::format("resize: to {} x {}; expected at least 1 x 1", height, width));
  const std::size_t planes = image.shape(0), h = image.shape(1), w = image.shape(2);
  if (height == h && width == w) return image;

  Tensor narrow = Tensor::from_shape({planes, h, width});
  const std::vector<Taps> across = taps(w, width);
  for (std::size_t row = 0; row < planes * h; ++row)
    resize_row(image.data() + row * w, across, narrow.data() + row * width);
  return resize_down(narrow, height);
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
