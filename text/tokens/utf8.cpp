#include "text/tokens/utf8.hpp"

#include <cstdlib>
#include <memory>
#include <new>

#include <utf8proc.h>

#include "text/tokens/unicode.hpp"

namespace tapestry {

namespace {

constexpr char32_t replacement = 0xFFFD;

std::u32string code_points_of(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    result += c.value;
    at += c.bytes;
  }
  return result;
}

// Sorting the marks of one letter takes time with the square of their number. No language puts
// thirty on one; after so many, Unicode's Stream-Safe Text Format (UAX #15, section 13) inserts a
// joiner that nothing is sorted across, and so do we.
std::u32string stream_safe(const std::u32string& text) {
  constexpr std::size_t most_marks = 30;
  constexpr char32_t joiner = 0x034F;
  std::u32string result;
  std::size_t marks = 0;
  for (const char32_t c : text) {
    const bool mark = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class != 0;
    if (mark && marks == most_marks) result += joiner;
    marks = !mark ? 0 : marks == most_marks ? 1 : marks + 1;
    result += c;
  }
  return result;
}

bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

} // namespace

std::u32string decode_utf8(std::string_view text) {
  if (is_ascii(text)) return {text.begin(), text.end()};
  const std::string valid = encode_utf8(stream_safe(code_points_of(text)));
  utf8proc_uint8_t* composed = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(valid.data()),
                   static_cast<utf8proc_ssize_t>(valid.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (length < 0) throw std::bad_alloc(); // the one failure left: the text is valid by now
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{composed, &std::free};
  return code_points_of(
      {reinterpret_cast<const char*>(composed), static_cast<std::size_t>(length)});
}

std::string encode_utf8(std::u32string_view code_points) {
  std::string result;
  result.reserve(code_points.size());
  for (const char32_t point : code_points) {
    const auto value = static_cast<utf8proc_int32_t>(point);
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(
        utf8proc_codepoint_valid(value) ? value : static_cast<utf8proc_int32_t>(replacement),
        bytes);
    result.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  }
  return result;
}

} // namespace tapestry
