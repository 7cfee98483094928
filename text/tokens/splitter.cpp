#include "text/tokens/splitter.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "text/tokens/treebank.hpp"
#include "text/tokens/unicode.hpp"

namespace tapestry {

namespace {

constexpr std::array<const char*, 4> split_names{"whitespace", "words", "treebank", "characters"};

void visit_whitespace(std::string_view text, const VisitPiece& visit) {
  std::size_t begin = 0, at = 0;
  const auto finish = [&] {
    if (begin < at) visit(text.substr(begin, at - begin), {begin, at});
  };
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    if (is_space(c.value)) {
      finish();
      begin = at + c.bytes;
    }
    at += c.bytes;
  }
  finish();
}

void visit_characters(std::string_view text, const VisitPiece& visit) {
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = grapheme_end(text, at);
    visit(text.substr(at, end - at), {at, end});
  }
}

enum class Kind { space, word, han, katakana, invisible, mark };

Kind kind_of(char32_t c) {
  constexpr char32_t space_without_width = 0x200B;
  if (c == space_without_width || is_space(c)) return Kind::space;
  if (is_han_or_hiragana(c)) return Kind::han;
  if (is_katakana(c)) return Kind::katakana;
  if (is_letter_or_digit(c)) return Kind::word;
  return is_invisible(c) ? Kind::invisible : Kind::mark;
}

bool is_apostrophe_or_hyphen(char32_t c) {
  return c == U'\'' || c == 0x2019 || c == U'-' || c == 0x2010 || c == 0x2011;
}

/// A grapheme cluster, of the kind of its first code point.
struct Character {
  std::size_t begin, end;
  char32_t first;
  Kind kind;
};

Character character_at(std::string_view text, std::size_t at) {
  const CodePoint first = code_point_at(text, at);
  const Kind kind = kind_of(first.value);
  // A mark on a space, or on nothing that can be seen, must not vanish with it.
  const bool alone = kind == Kind::space || kind == Kind::invisible;
  return {at, alone ? at + first.bytes : grapheme_end(text, at), first.value, kind};
}

//> word-split
/// Where the piece that begins with `last` ends.
std::size_t piece_end(std::string_view text, Character last) {
  const Kind kind = last.kind;
  while (last.end < text.size()) {
    const Character next = character_at(text, last.end);
    const bool run = kind == Kind::word || kind == Kind::katakana;
    if (next.kind == Kind::invisible) {
      last.end = next.end;
    } else if (run && next.kind == kind) {
      last = next;
    } else if (kind == Kind::word && next.kind == Kind::mark && next.end < text.size()) {
      const Character after = character_at(text, next.end);
      const bool joins =
          is_apostrophe_or_hyphen(next.first) || ((next.first == U'.' || next.first == U',') &&
                                                  is_digit(last.first) && is_digit(after.first));
      if (!joins || after.kind != Kind::word) break;
      last = after;
    } else {
      break;
    }
  }
  return last.end;
}
//< word-split

void visit_words(std::string_view text, const VisitPiece& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const Character first = character_at(text, at);
    at = first.end;
    if (first.kind == Kind::space || first.kind == Kind::invisible) continue;
    at = piece_end(text, first);
    visit(text.substr(first.begin, at - first.begin), {first.begin, at});
  }
}

} // namespace

std::string to_string(Split split) { return split_names.at(static_cast<std::size_t>(split)); }

Split split_named(std::string_view name) {
  const auto found = std::find(split_names.begin(), split_names.end(), name);
  if (found == split_names.end())
    throw std::invalid_argument(
        fmt::format("split: \"{}\"; expected {}", name, fmt::join(split_names, ", ")));
  return static_cast<Split>(found - split_names.begin());
}

void for_each_piece(Split split, std::string_view text, const VisitPiece& visit) {
  switch (split) {
  case Split::whitespace:
    return visit_whitespace(text, visit);
  case Split::words:
    return visit_words(text, visit);
  case Split::treebank:
    return visit_treebank(text, visit);
  case Split::characters:
    return visit_characters(text, visit);
  }
}

void for_each_piece(std::string_view text, const TextOptions& options, const VisitPiece& visit) {
  const AlignedText aligned = normalized(text, options.normalize, options.bad_bytes);
  for_each_piece(options.split, aligned.text(), [&](std::string_view piece, Span bytes) {
    visit(piece, aligned.original(bytes));
  });
}

std::vector<Piece> split_pieces(std::string_view text, const TextOptions& options) {
  std::vector<Piece> pieces;
  for_each_piece(text, options, [&](std::string_view piece, Span bytes) {
    pieces.push_back({std::string(piece), bytes});
  });
  return pieces;
}

} // namespace tapestry
