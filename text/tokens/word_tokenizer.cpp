#include "text/tokens/word_tokenizer.hpp"

#include <algorithm>
#include <array>

#include <utf8proc.h>

#include "text/tokens/unicode.hpp"
#include "text/tokens/utf8.hpp"

namespace tapestry {

namespace {

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> english_endings{"'s",  "'t",  "'d", "'m",
                                                          "'re", "'ve", "'ll"};

/// Lower case, every kind of space a plain one, no invisible characters.
std::u32string simplified(std::string_view text) {
  std::u32string result;
  for (const char32_t c : decode_utf8(text)) {
    if (is_invisible(c)) continue;
    if (is_space(c))
      result += U' ';
    else if (c == U'\u2019')
      result += U'\'';
    else if (c == U'\u2010' || c == U'\u2011')
      result += U'-';
    else
      result += static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  }
  return result;
}

/// Where the token that begins at `i` ends. A mark (an accent without a letter of its own, the
/// variant of an emoji) always stays with the character before it.
std::size_t token_end(const std::u32string& text, std::size_t i) {
  const auto skip_marks = [&] {
    while (i < text.size() && is_mark(text[i])) ++i;
  };
  const bool word = is_letter_or_digit(text[i++]);
  skip_marks();
  while (word && i < text.size()) {
    const bool joins = (text[i] == U'\'' || text[i] == U'-') && i + 1 < text.size();
    if (joins && is_letter_or_digit(text[i + 1])) ++i;
    if (!is_letter_or_digit(text[i])) break;
    ++i;
    skip_marks();
  }
  return i;
}

} // namespace

std::vector<std::string> tokenize_words(std::string_view text) {
  const std::u32string characters = simplified(text);
  std::vector<std::string> tokens;
  for (std::size_t i = 0, end = 0; i < characters.size(); i = end) {
    end = i + 1;
    if (characters[i] == U' ') continue;
    end = token_end(characters, i);
    std::string token = encode_utf8({characters.data() + i, end - i});
    if (token == "'" && end < characters.size() && is_letter_or_digit(characters[end])) {
      const std::size_t word_end = token_end(characters, end);
      const std::string ending = encode_utf8({characters.data() + i, word_end - i});
      if (contains(english_endings, ending)) token = ending, end = word_end;
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::string join_words(std::span<const std::string> words) {
  static constexpr std::array<std::string_view, 14> closing{
      ",", ".", "!", "?", ";", ":", ")", "]", "}", "%", "'", "\u2026", "\u201d", "\u00bb"};
  static constexpr std::array<std::string_view, 6> opening{"(", "[", "{", "$", "\u201c", "\u00ab"};
  std::string line;
  bool in_quotes = false, space = false;
  for (const std::string& word : words) {
    const bool quote = word == "\"";
    const bool closes = (quote && in_quotes) || contains(closing, word);
    if (space && !closes && !contains(english_endings, word)) line += ' ';
    line += word;
    if (quote) in_quotes = !in_quotes;
    space = !contains(opening, word) && !(quote && in_quotes);
  }
  return line;
}

} // namespace tapestry
