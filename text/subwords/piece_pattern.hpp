// The pieces that a text is cut into before byte-pair encoding: no token crosses their borders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapestry {

/// Which regular expression cuts the text. Each is written by hand here, over Unicode's categories.
enum class PiecePattern {
  gpt2,   ///< GPT-2: contractions, letters, numbers, the rest, each with a space before it; spaces
  cl100k, ///< tiktoken's cl100k_base (GPT-3.5, GPT-4), as tiktoken writes it today
  llama3, ///< cl100k as it was first published; Llama 3 and converted files have it
};

/// Where the piece that begins at byte `at` < text.size() ends: at least one character further. A
/// byte that is not UTF-8 counts as a mark of its own. Needs nothing of the text before `at`.
std::size_t piece_end(PiecePattern pattern, std::string_view text, std::size_t at);

/// The first place from byte `at` to before byte `stop` where a letter is followed by something
/// else: no piece of any pattern goes across it, so the text may be cut there. text.size() if there
/// is none.
std::size_t safe_cut(std::string_view text, std::size_t at, std::size_t stop = SIZE_MAX);

/// The expression as regex libraries know it, and the pattern of an expression, if it is one of
/// ours.
std::string_view expression_of(PiecePattern pattern);
std::optional<PiecePattern> pattern_of(std::string_view expression);

} // namespace tapestry
