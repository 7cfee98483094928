// One code point at a time: reading it, and what kind of character it is.
#pragma once

#include <cstddef>
#include <string_view>

namespace tapestry {

/// A code point, and how many bytes of UTF-8 it takes.
struct CodePoint {
  char32_t value;
  std::size_t bytes; ///< 1 .. 4
  bool valid;        ///< false for a byte that begins no UTF-8: then U+FFFD, of one byte
};

/// The code point that begins at byte `at` < text.size(). What RFC 3629 forbids is not valid:
/// a cut sequence, one longer than need be, a surrogate, a value above U+10FFFF.
CodePoint code_point_at(std::string_view text, std::size_t at);

/// Where the character that begins at byte `at` < text.size() ends: a grapheme cluster (Unicode's
/// UAX #29), what a reader takes for one character. It may have many code points: a letter with its
/// accents, a family of emoji.
std::size_t grapheme_end(std::string_view text, std::size_t at);

/// How many columns of a terminal a text takes: two for a Chinese character, none for an accent
/// that joins the letter before it.
std::size_t display_width(std::string_view text);

/// Letters and digits of all scripts (general categories L and N).
bool is_letter_or_digit(char32_t c);
/// A decimal digit of any script (Nd).
bool is_digit(char32_t c);
/// Marks that stand on, under or around the character before them (M).
bool is_mark(char32_t c);
/// Spaces, line ends and control characters (Z and Cc).
bool is_space(char32_t c);
/// What Python's str.isspace() and \s take for white space: fewer control characters than is_space.
bool is_python_space(char32_t c);
/// What cannot be seen: soft hyphen, joiners, the byte order mark (Cf).
bool is_invisible(char32_t c);
/// Chinese characters, and the Japanese syllables for endings and small words: 日, 々, く. They are
/// written without spaces.
bool is_han_or_hiragana(char32_t c);
/// The Japanese syllables for foreign words: ナ, ー.
bool is_katakana(char32_t c);

} // namespace tapestry
