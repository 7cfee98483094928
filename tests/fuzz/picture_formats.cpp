// Pictures told by their content: PGM, PPM and BMP, and what else begins like one.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "vision/images/decode.hpp"

FUZZED(picture_formats) {
  using namespace tapestry;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto decode : {decode_image, decode_pnm, decode_bmp}) {
    try {
      const Pixels picture = decode("x", bytes);
      if (picture.rgba.empty() || picture.rgba.size() != 4 * picture.height * picture.width)
        __builtin_trap();
    } catch (const FormatError&) {
    }
  }
  return 0;
}
