#include <memory>

#include <fmt/format.h>
#include <stb_image.h>

#include "autograd/base/error.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

// What stb_image does not look at: it reads zeros beyond the end of a file, and colours beyond the
// end of a palette. So the header is read here first, and it gets nothing that lacks a byte.
struct BmpHeader {
  std::uint64_t data;   // where the pixels begin
  std::uint64_t header; // bytes of the header after the first 14
  std::uint64_t width, height, bits;
  std::uint64_t row() const { return (width * bits + 31) / 32 * 4; } // bytes
};

BmpHeader bmp_header(const std::string& path, std::string_view bytes) {
  if (bytes.size() < 26 || !bytes.starts_with("BM"))
    throw FormatError(path + ": cut off: no BMP has fewer than 26 bytes");
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t n = 0;
    for (std::size_t i = size; i > 0; --i)
      n = n << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return n;
  };
  BmpHeader h{number(10, 4), number(14, 4), 0, 0, 0};
  if (h.header == 12) { // OS/2's
    h.width = number(18, 2), h.height = number(20, 2), h.bits = number(24, 2);
    if (h.bits < 24)
      throw FormatError(path + ": this kind is not supported: an OS/2 BMP with a palette");
  } else if (h.header == 40 || h.header == 56 || h.header == 108 || h.header == 124) {
    if (bytes.size() < 14 + h.header) throw FormatError(path + ": cut off: in the BMP's header");
    h.width = number(18, 4), h.height = number(22, 4), h.bits = number(28, 2);
    if (h.height > 0x80000000u) h.height = 0x100000000u - h.height; // negative: rows from the top
    const std::uint64_t compression = number(30, 4);
    if (compression != 0 && compression != 3)
      throw FormatError(path + ": this kind is not supported: a compressed BMP");
  } else {
    throw FormatError(
        path, 14,
        fmt::format("a BMP header of {} bytes; expected 12, 40, 56, 108 or 124", h.header));
  }
  for (const std::uint64_t bits : {1u, 4u, 8u, 16u, 24u, 32u})
    if (h.bits == bits) return h;
  throw FormatError(path, h.header == 12 ? 24 : 28,
                    fmt::format("{} bits a pixel; expected 1, 4, 8, 16, 24 or 32", h.bits));
}

void check_palette(const std::string& path, std::string_view bytes, const BmpHeader& h) {
  const std::uint64_t begin = 14 + h.header;
  const std::uint64_t colours = h.data < begin ? 0 : (h.data - begin) / 4;
  for (std::uint64_t y = 0; y < h.height; ++y)
    for (std::uint64_t x = 0; x < h.width; ++x) {
      const std::uint64_t at = h.data + y * h.row() + x * h.bits / 8;
      const auto byte = static_cast<unsigned char>(bytes[at]);
      const unsigned index = byte >> (8 - h.bits - x * h.bits % 8) & ((1u << h.bits) - 1);
      if (index >= colours)
        throw FormatError(path, at, fmt::format("colour {} of a palette of {}", index, colours));
    }
}

} // namespace

Pixels decode_bmp(const std::string& path, std::string_view bytes) {
  const BmpHeader header = bmp_header(path, bytes);
  check_pixels(path, header.width, header.height);
  const std::uint64_t end = header.data + header.row() * header.height;
  if (bytes.size() < end)
    throw FormatError(
        fmt::format("{}: cut off: {} bytes; the BMP's pixels end at {}", path, bytes.size(), end));
  if (header.bits <= 8) check_palette(path, bytes, header);

  int width = 0, height = 0, channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
      stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                            static_cast<int>(bytes.size()), &width, &height, &channels, 4),
      stbi_image_free);
  if (!decoded) throw FormatError(fmt::format("{}: damaged: {}", path, stbi_failure_reason()));
  Pixels picture{static_cast<std::size_t>(height), static_cast<std::size_t>(width), {}};
  if (picture.height != header.height || picture.width != header.width)
    throw FormatError(path + ": damaged: the BMP's header contradicts itself");
  picture.rgba.assign(decoded.get(), decoded.get() + 4 * picture.height * picture.width);
  return picture;
}

} // namespace tapestry
