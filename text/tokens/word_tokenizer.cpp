#include "text/tokens/word_tokenizer.hpp"

#include <algorithm>
#include <array>

#include <utf8proc.h>

#include "text/tokens/utf8.hpp"

namespace tapestry {

namespace {

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> english_endings{"'s",  "'t",  "'d", "'m",
                                                          "'re", "'ve", "'ll"};

utf8proc_category_t category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool is_mark(char32_t c) {
  const utf8proc_category_t k = category(c);
  return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

bool is_word(char32_t c) {
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

/// Lower case, every kind of space a plain one, no invisible characters.
std::u32string simplified(std::string_view text) {
  std::u32string result;
  for (const char32_t c : decode_utf8(text)) {
    switch (category(c)) {
    case UTF8PROC_CATEGORY_CF:
      break;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      result += U' ';
      break;
    default:
      if (c == U'\u2019')
        result += U'\'';
      else if (c == U'\u2010' || c == U'\u2011')
        result += U'-';
      else
        result += static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
    }
  }
  return result;
}

/// Where the token that begins at `i` ends. A mark (an accent without a letter of its own, the
/// variant of an emoji) always stays with the character before it.
std::size_t token_end(const std::u32string& text, std::size_t i) {
  const auto skip_marks = [&] {
    while (i < text.size() && is_mark(text[i])) ++i;
  };
  const bool word = is_word(text[i++]);
  skip_marks();
  while (word && i < text.size()) {
    const bool joins = (text[i] == U'\'' || text[i] == U'-') && i + 1 < text.size();
    if (joins && is_word(text[i + 1])) ++i;
    if (!is_word(text[i])) break;
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
    if (token == "'" && end < characters.size() && is_word(characters[end])) {
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
