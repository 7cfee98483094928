// A text cut into pieces: at its spaces, into words, by the rules of a treebank, into characters.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokens/normalization.hpp"
#include "text/tokens/tokenizer.hpp"

namespace tapestry {

enum class Split {
  whitespace, ///< at runs of spaces, and nowhere else
  words,      ///< split_words(): words, numbers, and each mark alone
  treebank,   ///< split_treebank(): as the Penn Treebank, for English
  characters  ///< each grapheme cluster, spaces too
};

/// "whitespace", "words", "treebank", "characters".
std::string to_string(Split split);
/// Throws std::invalid_argument, naming those that there are.
Split split_named(std::string_view name);

/// Called for each piece, from left to right, with the bytes that it takes in the text that is cut.
/// `piece` lives until the call returns. It differs from those bytes in the treebank's quotes only.
using VisitPiece = std::function<void(std::string_view piece, Span bytes)>;

/// Calls `visit` for each piece of `text`, which must be valid UTF-8 (AlignedText's always is).
/// Takes time and memory in proportion to the text, and no more than a few times its size.
void for_each_piece(Split split, std::string_view text, const VisitPiece& visit);

/// What is done to a text before its pieces are looked up.
struct TextOptions {
  Split split = Split::words;
  std::vector<Normalization> normalize = {}; ///< in this order, before it is cut
  BadBytes bad_bytes = BadBytes::replace;
};

/// Normalises `text`, any bytes, and calls `visit` with each piece and the bytes of `text` that it
/// stands for. Throws FormatError for bad bytes that are refused.
void for_each_piece(std::string_view text, const TextOptions& options, const VisitPiece& visit);
/// All of them at once.
std::vector<Piece> split_pieces(std::string_view text, const TextOptions& options);

/// Maximal runs of what is no space (is_space()).
inline std::vector<Piece> split_whitespace(std::string_view text) {
  return split_pieces(text, {.split = Split::whitespace});
}

/// A word is a run of letters, digits and their marks. An apostrophe or hyphen between two of them
/// belongs to it (don't, l'été, T-shirt), a full stop or comma between two digits to the number
/// (3.14, 1,000). Chinese characters and hiragana are words of one character each, katakana makes
/// runs of its own: nobody writes spaces there. Any other character (a grapheme cluster) is a piece
/// of its own. Invisible characters stay with what stands before them, and vanish after a space;
/// U+200B, which is a space without width, separates.
inline std::vector<Piece> split_words(std::string_view text) {
  return split_pieces(text, {.split = Split::words});
}

/// English as the Penn Treebank cuts it: contractions in two (do n't, they 'll, wan na), each mark
/// but a full stop inside the text apart, double quotes as `` and ''. The same pieces as NLTK's
/// TreebankWordTokenizer, which ports R. MacIntyre's tokenizer.sed; like that, it wants one
/// sentence at a time, for only the last full stop is cut off.
inline std::vector<Piece> split_treebank(std::string_view text) {
  return split_pieces(text, {.split = Split::treebank});
}

/// Grapheme clusters, what a reader takes for characters (UAX #29). None is left out.
inline std::vector<Piece> split_characters(std::string_view text) {
  return split_pieces(text, {.split = Split::characters});
}

} // namespace tapestry
