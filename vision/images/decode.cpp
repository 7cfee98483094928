#include "vision/images/decode.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {
namespace {

// What a file begins with, and who reads it. Without a reader, it is only told what it is.
struct Kind {
  std::string_view name, magic;
  Pixels (*decode)(const std::string& path, std::string_view bytes);
};
constexpr Kind kinds[] = {{"PNG", "\x89PNG\r\n\x1a\n", decode_png},
                          {"JPEG", "\xff\xd8\xff", decode_jpeg},
                          {"PGM", "P2", decode_pnm},
                          {"PPM", "P3", decode_pnm},
                          {"PGM", "P5", decode_pnm},
                          {"PPM", "P6", decode_pnm},
                          {"BMP", "BM", decode_bmp},
                          {"PBM", "P1", nullptr},
                          {"PBM", "P4", nullptr},
                          {"PAM", "P7", nullptr},
                          {"GIF", "GIF8", nullptr},
                          {"WebP", "RIFF", nullptr},
                          {"TIFF", {"II*\0", 4}, nullptr},
                          {"TIFF", {"MM\0*", 4}, nullptr}};

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

const Kind& kind_of(const std::string& path, std::string_view bytes) {
  if (bytes.empty()) throw FormatError(path + ": the file is empty; expected a picture");
  for (const Kind& kind : kinds) {
    if (!bytes.starts_with(kind.magic)) continue;
    if (kind.name == "WebP" && (bytes.size() < 12 || bytes.substr(8, 4) != "WEBP")) continue;
    if (!kind.decode)
      throw FormatError(
          fmt::format("{}: this kind is not supported: a {} picture", path, kind.name));
    return kind;
  }
  throw FormatError(fmt::format("{}: no PNG, JPEG, PPM, PGM or BMP picture: starts with {}", path,
                                first_characters(bytes)));
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

} // namespace

Pixels decode_image(const std::string& path, std::string_view bytes) {
  return kind_of(path, bytes).decode(path, bytes);
}

Pixels read_pixels(const std::string& path) {
  const std::string start = read_beginning(path, 32);
  const Kind& kind = kind_of(path, start);
  if (kind.name == "PNG" && start.size() >= 24 && start.substr(12, 4) == "IHDR") {
    const auto [width, height] = png_size(start);
    check_pixels(path, width, height);
  }
  return kind.decode(path, read_file(path, most_file_bytes));
}

bool named_as_picture(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  constexpr std::array<const char*, 6> known{".png", ".jpg", ".jpeg", ".ppm", ".pgm", ".bmp"};
  return std::find(known.begin(), known.end(), ending) != known.end();
}

void check_pixels(const std::string& path, std::uint64_t width, std::uint64_t height) {
  if (width == 0 || height == 0)
    throw FormatError(
        fmt::format("{}: {} x {} pixels; expected at least 1 x 1", path, width, height));
  if (width > most_pixels / height)
    throw FormatError(fmt::format("{}: {} x {} pixels are too many: at most {} million", path,
                                  width, height, most_pixels / 1'000'000));
}

// EXIF is a TIFF file: "II" or "MM" says in which order bytes stand, then come 42 and the place of
// a list of entries of 12 bytes: tag, type, count, value. Nothing of it can be relied on.
int exif_orientation(std::string_view exif) {
  if (!exif.starts_with("II") && !exif.starts_with("MM")) return 1;
  const bool little = exif[0] == 'I';
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = little ? at + size - 1 - i : at + i;
      n = n << 8 | (place < exif.size() ? static_cast<unsigned char>(exif[place]) : 0u);
    }
    return n;
  };
  const std::size_t list = number(4, 4);
  if (list >= exif.size()) return 1;
  const std::size_t count = number(list, 2);
  for (std::size_t i = 0; i < count && list + 2 + 12 * (i + 1) <= exif.size(); ++i) {
    const std::size_t entry = list + 2 + 12 * i;
    if (number(entry, 2) != 0x112) continue;
    const std::uint64_t value = number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

// Of the eight, 2 mirrors, 3 turns by 180 degrees, 4 is both; 5 to 8 are 1 to 4 with rows and
// columns exchanged: 5 as it is, 6 then mirrored (90 degrees to the right), 7 both, 8 upside down.
Pixels upright(Pixels picture, int from) {
  if (from == 1) return picture;
  const std::size_t h = picture.height, w = picture.width;
  const bool exchange = from >= 5;
  const bool mirror = from == 2 || from == 3 || from == 6 || from == 7;
  const bool flip = from == 3 || from == 4 || from == 7 || from == 8;
  Pixels turned{exchange ? w : h, exchange ? h : w, {}};
  turned.rgba.resize(picture.rgba.size());
  for (std::size_t y = 0; y < turned.height; ++y)
    for (std::size_t x = 0; x < turned.width; ++x) {
      const std::size_t row = flip ? turned.height - 1 - y : y;
      const std::size_t column = mirror ? turned.width - 1 - x : x;
      const std::size_t source = exchange ? column * w + row : row * w + column;
      std::memcpy(&turned.rgba[4 * (y * turned.width + x)], &picture.rgba[4 * source], 4);
    }
  return turned;
}

} // namespace tapestry
