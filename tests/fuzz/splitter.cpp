// Any text through any steps and any splitter: pieces in order, inside, on the right bytes.
#include "text/tokens/splitter.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/tokens/unicode.hpp"

namespace {

using namespace tapestry;

/// From `at` to `end` there is nothing but spaces and what cannot be seen.
bool only_spaces(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end) {
    const CodePoint c = code_point_at(text, at);
    if (!is_space(c.value) && !is_invisible(c.value)) return false;
    at += c.bytes;
  }
  return at == end;
}

void check(std::string_view text, const TextOptions& options) {
  std::size_t at = 0;
  Span last;
  for_each_piece(text, options, [&](std::string_view piece, Span span) {
    if (piece.empty() || span.begin > span.end || span.end > text.size()) __builtin_trap();
    if (span.begin < last.begin || span.end < last.end) __builtin_trap();
    last = span;
    if (!options.normalize.empty()) return;
    if (span.begin == span.end || !only_spaces(text, at, span.begin)) __builtin_trap();
    if (options.split == Split::characters && span.begin != at) __builtin_trap();
    at = span.end;
    const bool quote = piece == "``" || piece == "''"; // a treebank's, for " or two apostrophes
    if (!quote && AlignedText(text.substr(span.begin, at - span.begin)).text() != piece)
      __builtin_trap();
  });
  if (options.normalize.empty() && !only_spaces(text, at, text.size())) __builtin_trap();
}

} // namespace

// The first two bytes choose up to three steps; the rest is the text.
FUZZED(splitter) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  TextOptions options;
  for (unsigned i = 0, choice = data[0] + 256u * data[1]; i < choice % 4; ++i)
    options.normalize.push_back(static_cast<Normalization>(choice >> (2 * i + 2) & 3u));
  for (const Split split : {Split::whitespace, Split::words, Split::treebank, Split::characters}) {
    options.split = split;
    check(text, options);
  }
  return 0;
}
