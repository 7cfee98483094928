// Byte-pair encoding learned fast: a merge touches only the places where its pair stands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "text/subwords/byte_bpe.hpp"
#include "text/subwords/merges_file.hpp"
#include "text/subwords/word_counts.hpp"

namespace tapestry {

/// Words as rows of symbols, one after another.
struct TrainingWords {
  std::vector<int> symbols;          ///< of all words
  std::vector<std::uint32_t> begins; ///< of each word, in `symbols`
  std::vector<std::int64_t> counts;  ///< of each word
  std::vector<std::string> names;    ///< of each symbol; what is merged is added
};

/// Which of two pairs that are as frequent is merged first.
enum class Ties {
  greatest_text, ///< that whose symbols are greater as text, the left one first: subword-nmt's
  smallest_ids,  ///< that whose symbols came earlier, the left one first: Hugging Face's
};

/// The merges of the most frequent pairs, at most `merges` of them, none that comes less often than
/// `min_count` times. Two symbols of the same name are the same one.
/// A pair keeps the places where it stands, and a heap has all pairs by their counts; an entry of
/// the heap that is out of date is put right when it comes up. Takes about 30 bytes a symbol.
/// Throws std::invalid_argument for 2^32 symbols or more.
std::vector<Merge> learn_merges(TrainingWords& words, std::size_t merges, std::int64_t min_count,
                                Ties ties);

/// What learn_bpe_plain() gives.
std::vector<SymbolMerge> learn_bpe(const WordCounts& words, std::size_t merges,
                                   std::int64_t min_count = 2);

/// A byte-level vocabulary: the bytes have the ids 0 to 255, then come the merged tokens in their
/// order, then the special ones. `words` are the pieces of the pattern (count_pieces).
ByteBpeModel learn_byte_bpe(const WordCounts& words, std::size_t merges, PiecePattern pattern,
                            const std::vector<std::string>& special = {"<|endoftext|>"},
                            std::int64_t min_count = 2);

} // namespace tapestry
