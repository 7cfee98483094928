#include <memory>

#include <fmt/format.h>
#include <spng.h>

#include "autograd/base/error.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

// A PNG is a chain of chunks (length, type, data, checksum) that ends with IEND. libspng is content
// when the last of them has begun.
bool has_end(std::string_view bytes) {
  std::size_t at = 8;
  while (bytes.size() - at >= 12) {
    std::size_t length = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      length = length << 8 | static_cast<unsigned char>(bytes[i]);
    if (length > bytes.size() - at - 12) return false;
    if (bytes.substr(at + 4, 4) == "IEND") return true;
    at += 12 + length;
  }
  return false;
}

} // namespace

Pixels decode_png(const std::string& path, std::string_view bytes) {
  const auto check = [&](int error) {
    if (error) throw FormatError(fmt::format("{}: damaged: {}", path, spng_strerror(error)));
  };
  // Apple's own kind begins with a chunk of another name, and its colours are stored otherwise.
  if (bytes.size() > 16 && bytes.substr(12, 4) == "CgBI")
    throw FormatError(path + ": this kind is not supported: a PNG of Xcode's (CgBI)");
  if (bytes.size() < 8 || !has_end(bytes))
    throw FormatError(path + ": cut off: the PNG has no end (chunk IEND)");

  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> png(spng_ctx_new(0), spng_ctx_free);
  if (!png) throw std::bad_alloc();
  constexpr std::size_t chunk = 10'000'000, chunks = 30'000'000; // of texts, profiles, EXIF
  check(spng_set_chunk_limits(png.get(), chunk, chunks));
  check(spng_set_crc_action(png.get(), SPNG_CRC_ERROR, SPNG_CRC_ERROR));
  check(spng_set_png_buffer(png.get(), bytes.data(), bytes.size()));
  spng_ihdr header{};
  check(spng_get_ihdr(png.get(), &header));
  check_pixels(path, header.width, header.height);

  Pixels picture{header.height, header.width, {}};
  picture.rgba.resize(4 * picture.height * picture.width);
  // It inflates row by row, so no more than the header promises.
  check(spng_decode_image(png.get(), picture.rgba.data(), picture.rgba.size(), SPNG_FMT_RGBA8,
                          SPNG_DECODE_TRNS));
  check(spng_decode_chunks(png.get()));
  spng_exif exif{};
  if (spng_get_exif(png.get(), &exif) != 0) return picture; // most have none
  return upright(std::move(picture), exif_orientation({exif.data, exif.length}));
}

} // namespace tapestry
