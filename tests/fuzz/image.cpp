// Both decoders on any bytes, and the file's first look.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "vision/images/decode.hpp"

FUZZED(image) {
  using namespace tapestry;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto decode : {decode_png, decode_jpeg}) {
    try {
      const Pixels picture = decode("x", bytes);
      if (picture.rgba.size() != 4 * picture.height * picture.width) __builtin_trap();
    } catch (const FormatError&) {
    }
  }
  const int orientation = exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) __builtin_trap();
  return 0;
}
