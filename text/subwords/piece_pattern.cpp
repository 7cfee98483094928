#include "text/subwords/piece_pattern.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "text/subwords/character_class.hpp"

namespace tapestry {

namespace {

using enum CharacterClass;

// Eight bytes at a time: bit 7 of each byte says whether it is a letter of ASCII.
std::uint64_t ascii_letters(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
  const std::uint64_t lower = (bytes | 0x20 * ones) & ~high;
  const std::uint64_t from_a = lower + (0x80 - 'a') * ones, past_z = lower + (0x7F - 'z') * ones;
  return from_a & ~past_z & ~bytes & high;
}

/// Where the run of characters of this class ends that goes on at `at`.
template <CharacterClass kind> std::size_t run_end(std::string_view text, std::size_t at) {
  for (;;) {
    if constexpr (kind == letter && std::endian::native == std::endian::little)
      while (at + 8 <= text.size()) {
        std::uint64_t bytes;
        std::memcpy(&bytes, text.data() + at, 8);
        constexpr std::uint64_t all = 0x8080808080808080;
        const std::uint64_t others = ~ascii_letters(bytes) & all;
        at += others ? static_cast<std::size_t>(std::countr_zero(others)) / 8 : 8;
        if (others) break;
      }
    if (at == text.size()) return at;
    const Character c = character_at(text, at);
    if (c.kind != kind) return at;
    at += c.bytes;
  }
}

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/// How long 's 't 'm 'd 're 've 'll at `at` is, or 0. The newer patterns take capitals too, and
/// with them U+017F, the long s, whose capital is S.
std::size_t contraction(std::string_view text, std::size_t at, bool any_case) {
  const auto letter_at = [&](std::size_t i) {
    const char c = at + i < text.size() ? text[at + i] : ' ';
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  if (text[at] != '\'') return 0;
  const char first = letter_at(1), second = letter_at(2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
      (first == 'l' && second == 'l'))
    return 3;
  return any_case && text.substr(at + 1).starts_with("\u017f") ? 3 : 0;
}

/// A run of spaces that begins at `at`: where it ends, where its last character begins, and where
/// it is after the last line end in it (0 if there is none).
struct Spaces {
  std::size_t end, last, after_line_end = 0;

  Spaces(std::string_view text, std::size_t at) : end(at), last(at) {
    while (end < text.size()) {
      const Character c = character_at(text, end);
      if (c.kind != space) break;
      last = end;
      end += c.bytes;
      if (is_line_end(text[last])) after_line_end = end;
    }
  }
};

//> gpt2-pattern
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
std::size_t gpt2_end(std::string_view text, std::size_t at) {
  if (const std::size_t bytes = contraction(text, at, false)) return at + bytes;
  Character c = character_at(text, at);
  std::size_t begin = at;
  if (text[at] == ' ' && at + 1 < text.size()) c = character_at(text, begin = at + 1);
  switch (c.kind) {
  case letter:
    return run_end<letter>(text, begin);
  case number:
    return run_end<number>(text, begin);
  case other:
    return run_end<other>(text, begin);
  default: // the last space of several belongs to the word after them
    const Spaces spaces(text, at);
    return spaces.end == text.size() || spaces.last == at ? spaces.end : spaces.last;
  }
}
//< gpt2-pattern

// '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+
// and then cl100k |\s++$|\s*[\r\n]|\s+(?!\S)|\s   llama3 |\s*[\r\n]+|\s+(?!\S)|\s+
template <PiecePattern pattern> std::size_t cl100k_end(std::string_view text, std::size_t at) {
  if (const std::size_t bytes = contraction(text, at, true)) return at + bytes;
  const Character c = character_at(text, at);
  if (c.kind == letter) return run_end<letter>(text, at);
  if (c.kind == number) {
    std::size_t end = at;
    for (int digits = 0; digits < 3 && end < text.size(); ++digits) {
      const Character digit = character_at(text, end);
      if (digit.kind != number) break;
      end += digit.bytes;
    }
    return end;
  }
  const std::size_t next = at + c.bytes;
  const CharacterClass after = next < text.size() ? character_at(text, next).kind : space;
  if (after == letter && !is_line_end(text[at])) return run_end<letter>(text, next);
  if (c.kind == other || (text[at] == ' ' && after == other)) {
    std::size_t end = run_end<other>(text, c.kind == other ? at : next);
    while (end < text.size() && is_line_end(text[end])) ++end;
    return end;
  }
  const Spaces spaces(text, at);
  if (pattern == PiecePattern::cl100k && spaces.end == text.size()) return spaces.end;
  if (spaces.after_line_end != 0) return spaces.after_line_end;
  return spaces.end == text.size() || spaces.last == at ? spaces.end : spaces.last;
}

constexpr std::array<std::pair<std::string_view, PiecePattern>, 4> expressions{{
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
     PiecePattern::gpt2},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
     PiecePattern::cl100k},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     PiecePattern::llama3},
    // The same, as tiktoken writes it today.
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)",
     PiecePattern::gpt2},
}};

} // namespace

std::size_t piece_end(PiecePattern pattern, std::string_view text, std::size_t at) {
  switch (pattern) {
  case PiecePattern::gpt2:
    return gpt2_end(text, at);
  case PiecePattern::cl100k:
    return cl100k_end<PiecePattern::cl100k>(text, at);
  default:
    return cl100k_end<PiecePattern::llama3>(text, at);
  }
}

std::size_t safe_cut(std::string_view text, std::size_t at, std::size_t stop) {
  // Not inside a character: bytes 10xxxxxx follow the first one of theirs.
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  bool after_letter = false;
  while (at < std::min(stop, text.size())) {
    const Character c = character_at(text, at);
    if (after_letter && c.kind != letter) return at;
    after_letter = c.kind == letter;
    at += c.bytes;
  }
  return text.size();
}

std::string_view expression_of(PiecePattern pattern) {
  for (const auto& [expression, its_pattern] : expressions)
    if (its_pattern == pattern) return expression;
  return {};
}

std::optional<PiecePattern> pattern_of(std::string_view expression) {
  for (const auto& [ours, pattern] : expressions)
    if (ours == expression) return pattern;
  return std::nullopt;
}

} // namespace tapestry
