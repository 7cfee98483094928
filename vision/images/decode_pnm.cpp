#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

// A PNM file: P6, then width, height and the largest value in decimal digits, with spaces, line
// ends and comments (from # to the end of the line) between them. After one more space the pixels
// follow.
class PnmReader {
public:
  PnmReader(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  void skip(std::size_t n) { at_ += n; }

  [[noreturn]] void fail(const std::string& problem) const {
    throw FormatError(path_, at_, problem);
  }

  std::uint32_t number(const char* what, std::uint32_t most) {
    skip_blanks();
    std::uint32_t n = 0;
    std::size_t digits = 0;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9'; ++at_, ++digits) {
      n = 10 * n + static_cast<std::uint32_t>(bytes_[at_] - '0');
      if (n > most) fail(fmt::format("{} is more than {}", what, most));
    }
    if (digits == 0)
      fail(fmt::format("{}; expected {} in decimal digits",
                       at_ == bytes_.size() ? "cut off" : "damaged", what));
    return n;
  }
  std::uint32_t byte() { return static_cast<unsigned char>(bytes_[at_++]); }

private:
  static bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  void skip_blanks() {
    for (; at_ < bytes_.size(); ++at_) {
      if (bytes_[at_] == '#')
        at_ = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size() - 1);
      else if (!blank(bytes_[at_]))
        return;
    }
  }

  const std::string& path_;
  std::string_view bytes_;
  std::size_t at_ = 2;
};

} // namespace

Pixels decode_pnm(const std::string& path, std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != 'P' || std::string_view("2356").find(bytes[1]) == bytes.npos)
    throw FormatError(path, 0, "no PGM or PPM; expected P2, P3, P5 or P6");
  const bool text = bytes[1] <= '3', colour = bytes[1] == '3' || bytes[1] == '6';
  constexpr std::uint32_t most = most_pixels;
  PnmReader file(path, bytes);
  Pixels picture;
  picture.width = file.number("the width", most);
  picture.height = file.number("the height", most);
  check_pixels(path, picture.width, picture.height);
  const std::uint32_t largest = file.number("the largest value", 65535);
  if (largest == 0) file.fail("the largest value is 0; expected 1 to 65535");

  // In bytes: a number as text has a digit and, but for the last, what parts it from the next.
  const std::size_t n = picture.width * picture.height, count = colour ? 3 * n : n;
  const std::size_t size = text ? 2 : largest < 256 ? 1 : 2;
  if (file.left() < 1 + count * size - (text ? 1 : 0))
    file.fail(fmt::format("cut off: {} bytes of pixels follow; expected {}{}", file.left(),
                          text ? "at least " : "", count * size));
  if (!text) file.skip(1);
  const auto value = [&] {
    if (text) return file.number("a value", largest);
    std::uint32_t v = file.byte();
    if (size == 2) v = v << 8 | file.byte();
    if (v > largest) file.fail(fmt::format("a value of {} is more than {}", v, largest));
    return v;
  };
  picture.rgba.resize(4 * n);
  for (std::size_t i = 0; i < n; ++i) {
    std::uint8_t* pixel = &picture.rgba[4 * i];
    for (std::size_t c = 0; c < 3; ++c)
      pixel[c] = c == 0 || colour
                     ? static_cast<std::uint8_t>((value() * 255 + largest / 2) / largest)
                     : pixel[0];
    pixel[3] = 255;
  }
  return picture;
}

} // namespace tapestry
