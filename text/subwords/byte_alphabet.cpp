#include "text/subwords/byte_alphabet.hpp"

#include <cstddef>
#include <unordered_map>

#include "text/tokens/unicode.hpp"

namespace tapestry {

std::string spell_bytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const char32_t point = byte_alphabet()[static_cast<unsigned char>(c)]; // below U+0200
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else {
      text += static_cast<char>(0xC0 | point >> 6);
      text += static_cast<char>(0x80 | (point & 0x3F));
    }
  }
  return text;
}

//> byte-alphabet
const std::array<char32_t, 256>& byte_alphabet() {
  static const std::array<char32_t, 256> alphabet = [] {
    std::array<char32_t, 256> points;
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      points[byte] = printable ? byte : next++;
    }
    return points;
  }();
  return alphabet;
}

std::optional<std::string> unspell_bytes(std::string_view text) {
  static const std::unordered_map<char32_t, char> byte_of = [] {
    std::unordered_map<char32_t, char> bytes;
    for (std::size_t byte = 0; byte < 256; ++byte)
      bytes[byte_alphabet()[byte]] = static_cast<char>(byte);
    return bytes;
  }();
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const auto found = byte_of.find(c.value);
    if (found == byte_of.end()) return std::nullopt;
    bytes += found->second;
    at += c.bytes;
  }
  return bytes;
}
//< byte-alphabet

} // namespace tapestry
