#include "text/subwords/byte_alphabet.hpp"

#include <cstddef>

namespace tapestry {

namespace {

//> byte-alphabet
std::array<char32_t, 256> make_alphabet() {
  std::array<char32_t, 256> alphabet;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    alphabet[byte] = printable ? byte : next++;
  }
  return alphabet;
}
//< byte-alphabet

} // namespace

const std::array<char32_t, 256>& byte_alphabet() {
  static const std::array<char32_t, 256> alphabet = make_alphabet();
  return alphabet;
}

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

std::optional<std::string> unspell_bytes(std::string_view text) {
  static const std::array<int, 512> byte_of = [] {
    std::array<int, 512> table;
    table.fill(-1);
    for (int byte = 0; byte < 256; ++byte)
      table[byte_alphabet()[static_cast<std::size_t>(byte)]] = byte;
    return table;
  }();
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t point = static_cast<unsigned char>(text[i]);
    if (point >= 0x80) {
      const bool two = point >= 0xC2 && point < 0xC8 && i + 1 < text.size() &&
                       (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80;
      if (!two) return std::nullopt;
      point = (point & 0x1F) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
    }
    if (byte_of[point] < 0) return std::nullopt;
    bytes += static_cast<char>(byte_of[point]);
  }
  return bytes;
}

} // namespace tapestry
