#include "text/tokens/unicode.hpp"

#include <utf8proc.h>

namespace tapestry {

namespace {

utf8proc_category_t category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool between(char32_t low, char32_t c, char32_t high) { return low <= c && c <= high; }

constexpr bool is_ascii(char32_t c) { return c < 0x80; }

} // namespace

//> decode-utf8
CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  constexpr CodePoint replacement{0xFFFD, 1, false};
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  // A first byte says how many follow by its leading ones; what is left of it are the highest bits.
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC0 || first >= 0xF8 || text.size() - at < bytes) return replacement;
  char32_t value = first & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return replacement;
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // for so many bytes
  if (value < least[bytes] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return replacement;
  return {value, bytes, true};
}
//< decode-utf8

std::size_t grapheme_end(std::string_view text, std::size_t at) {
  utf8proc_int32_t state = 0;
  CodePoint last = code_point_at(text, at);
  for (at += last.bytes; at < text.size(); at += last.bytes) {
    const CodePoint next = code_point_at(text, at);
    if (is_ascii(next.value) && (next.value != U'\n' || last.value != U'\r')) break;
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(last.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state))
      break;
    last = next;
  }
  return at;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    columns += static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(c.value)));
    at += c.bytes;
  }
  return columns;
}

bool is_letter_or_digit(char32_t c) {
  switch (category(c)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return true;
  default:
    return false;
  }
}

bool is_digit(char32_t c) { return category(c) == UTF8PROC_CATEGORY_ND; }

bool is_mark(char32_t c) {
  const utf8proc_category_t k = category(c);
  return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

bool is_space(char32_t c) {
  const utf8proc_category_t k = category(c);
  return k == UTF8PROC_CATEGORY_CC || k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL ||
         k == UTF8PROC_CATEGORY_ZP;
}

bool is_python_space(char32_t c) {
  if (c < 0xA0) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85;
  return is_space(c); // of the other characters, those of category Z
}

bool is_invisible(char32_t c) { return category(c) == UTF8PROC_CATEGORY_CF; }

bool is_han_or_hiragana(char32_t c) {
  return c >= 0x2E80 &&
         (between(0x2E80, c, 0x2FDF) || between(0x3005, c, 0x3007) || between(0x3021, c, 0x3029) ||
          between(0x3038, c, 0x303B) || between(0x3041, c, 0x309F) || between(0x3400, c, 0x4DBF) ||
          between(0x4E00, c, 0x9FFF) || between(0xF900, c, 0xFAFF) || between(0x20000, c, 0x3FFFD));
}

bool is_katakana(char32_t c) {
  return c >= 0x30A1 && c != 0x30FB && // the dot between two words
         (between(0x30A1, c, 0x30FF) || between(0x31F0, c, 0x31FF) || between(0xFF66, c, 0xFF9F));
}

} // namespace tapestry
