#include "vision/images/image.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <stb_image.h>
#include <stb_image_write.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::uint64_t most_pixels = 50'000'000;

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::uint64_t big_endian_at(std::string_view bytes, std::size_t i) {
  return std::uint64_t{byte_at(bytes, i)} << 24 | byte_at(bytes, i + 1) << 16 |
         byte_at(bytes, i + 2) << 8 | byte_at(bytes, i + 3);
}

// Width and height as the header says, 0 if it is cut off. stb does not tell that of a PNG that is
// too large for it.
std::pair<std::uint64_t, std::uint64_t> png_size(std::string_view bytes) {
  if (bytes.size() < 24) return {0, 0};
  return {big_endian_at(bytes, 16), big_endian_at(bytes, 20)};
}

std::pair<std::uint64_t, std::uint64_t> jpeg_size(std::string_view bytes) {
  int width = 0, height = 0, channels = 0;
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  stbi_info_from_memory(data, static_cast<int>(bytes.size()), &width, &height, &channels);
  return {width, height};
}

// PNG is a chain of chunks (length, type, data, checksum) that ends with IEND.
bool png_is_whole(std::string_view bytes) {
  std::size_t at = 8;
  while (at + 12 <= bytes.size()) {
    const std::size_t length = big_endian_at(bytes, at);
    if (bytes.size() - at - 12 < length) return false;
    if (bytes.substr(at + 4, 4) == "IEND") return true;
    at += 12 + length;
  }
  return false;
}

// JPEG is a chain of segments FF, kind, length, data. After a scan's header come bytes without a
// length, up to the next marker: FF that neither 00 nor a restart (D0 to D7) follows. Looking for
// the end marker FF D9 alone would find the end of a preview picture inside another segment.
bool jpeg_is_whole(std::string_view bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size() || (at + 2 <= bytes.size() && byte_at(bytes, at + 1) == 0xd9)) {
    if (byte_at(bytes, at) != 0xff) return false;
    const unsigned kind = byte_at(bytes, at + 1);
    if (kind == 0xd9) return true;
    if (kind == 0xff) { // padding
      ++at;
      continue;
    }
    at += 2 + (byte_at(bytes, at + 2) << 8 | byte_at(bytes, at + 3));
    if (kind != 0xda) continue;
    for (; at + 1 < bytes.size(); ++at) {
      const unsigned next = byte_at(bytes, at + 1);
      if (byte_at(bytes, at) == 0xff && next != 0 && (next < 0xd0 || next > 0xd7)) break;
    }
  }
  return false;
}

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

// Throws unless the bytes look like a whole PNG or JPEG file of a reasonable size.
void check_file(const std::string& path, std::string_view bytes) {
  const auto fail = [&](const std::string& problem) { throw FormatError(path + ": " + problem); };
  if (bytes.empty()) fail("the file is empty; expected a PNG or JPEG picture");
  const bool png = bytes.starts_with("\x89PNG\r\n\x1a\n");
  const bool jpeg = bytes.starts_with("\xff\xd8\xff");
  if (!png && !jpeg) fail("neither PNG nor JPEG: starts with " + first_characters(bytes));

  const auto [width, height] = png ? png_size(bytes) : jpeg_size(bytes);
  if (width * height > most_pixels)
    fail(fmt::format("{} x {} pixels are too many: at most {} million", width, height,
                     most_pixels / 1'000'000));
  if (png && !png_is_whole(bytes)) fail("cut off: the PNG has no end (chunk IEND)");
  if (jpeg && !jpeg_is_whole(bytes)) fail("cut off: the JPEG has no end (marker FF D9)");
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

} // namespace

Tensor read_image(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw FormatError(fmt::format("{}: is {}; expected a PNG or JPEG picture", path,
                                  std::filesystem::is_directory(status) ? "a folder" : "a device"));
  const std::string bytes = read_file(path);
  check_file(path, bytes);

  int width = 0, height = 0, channels = 0;
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const std::unique_ptr<stbi_uc, void (*)(void*)> rgba(
      stbi_load_from_memory(data, static_cast<int>(bytes.size()), &width, &height, &channels, 4),
      stbi_image_free);
  if (!rgba) throw FormatError(fmt::format("{}: damaged: {}", path, stbi_failure_reason()));

  const auto h = static_cast<std::size_t>(height), w = static_cast<std::size_t>(width);
  Tensor image = Tensor::from_shape({3, h, w});
  for (std::size_t i = 0; i < h * w; ++i) {
    const stbi_uc* pixel = rgba.get() + 4 * i;
    const int alpha = pixel[3];
    for (std::size_t c = 0; c < 3; ++c) // over white, and exact where alpha is 255
      image.data()[c * h * w + i] =
          static_cast<real>(pixel[c] * alpha + 255 * (255 - alpha)) / real{255 * 255};
  }
  return image;
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

  Tensor narrow = zeros({planes, h, width});
  const std::vector<Taps> across = taps(w, width);
  for (std::size_t row = 0; row < planes * h; ++row)
    for (std::size_t x = 0; x < width; ++x) {
      const real* in = image.data() + row * w + across[x].first;
      real sum = 0;
      for (const real weight : across[x].weights) sum += weight * *in++;
      narrow.data()[row * width + x] = sum;
    }

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
