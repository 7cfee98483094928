// Picture files from anywhere, PNG, JPEG, PPM, PGM and BMP: decoded within stated bounds, or
// refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

constexpr std::uint64_t most_pixels = 50'000'000;      ///< of a picture
constexpr std::uint64_t most_file_bytes = 200'000'000; ///< of its file
constexpr std::uint64_t most_scans = 100;              ///< of a progressive JPEG
constexpr std::uint64_t most_scanned = 1'000'000'000;  ///< its scans times its pixels

/// Rows of pixels from the top, each red, green, blue and alpha, 0 to 255.
struct Pixels {
  std::size_t height = 0, width = 0;
  std::vector<std::uint8_t> rgba; ///< (height, width, 4)
};

/// The file's picture, of whatever kind its first bytes say, and not its name. They are looked at
/// before the rest is read: a file of another kind may be of any size. Throws FormatError.
Pixels read_pixels(const std::string& path);
/// The same of bytes that were read from `path`.
Pixels decode_image(const std::string& path, std::string_view bytes);

/// All take the bytes of a file, and its path for errors: FormatError "PATH: damaged: ...", "cut
/// off", "too many", or "this kind is not supported". What the format itself can tell to be damage
/// is damage: a checksum, a code that does not exist, data that ends too soon. The EXIF orientation
/// is applied.
Pixels decode_png(const std::string& path, std::string_view bytes);
Pixels decode_jpeg(const std::string& path, std::string_view bytes);
/// PGM and PPM, as text (P2, P3) or binary (P5, P6); values are scaled so that the file's largest
/// possible one is 255, and rounded. Of several pictures in one file, the first.
Pixels decode_pnm(const std::string& path, std::string_view bytes);
/// Without compression: palettes of 1, 4 and 8 bits, and 16, 24 or 32 bits a pixel.
Pixels decode_bmp(const std::string& path, std::string_view bytes);

/// Whether a file's name ends in .png, .jpg, .jpeg, .ppm, .pgm or .bmp, in any case. What is in it
/// is not looked at.
bool named_as_picture(const std::string& path);

/// Throws FormatError "PATH: 0 x 20 pixels; expected at least 1 x 1" or "PATH: 20000 x 20000 pixels
/// are too many: at most 50 million".
void check_pixels(const std::string& path, std::uint64_t width, std::uint64_t height);

/// The orientation that EXIF data (from its "II" or "MM" on) gives, 1 to 8; 1 if it gives none.
int exif_orientation(std::string_view exif);

/// Turned so that what orientation `from` calls the top is on top.
Pixels upright(Pixels picture, int from);

} // namespace tapestry
