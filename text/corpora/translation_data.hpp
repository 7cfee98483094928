// Pairs of sentences as a translation model takes them: ids, without what is too long, in batches.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/sequences/packed_sequence.hpp"
#include "text/corpora/length_batches.hpp"
#include "text/corpora/parallel_text.hpp"
#include "text/tokens/splitter.hpp"
#include "text/tokens/tokenizer.hpp"

namespace tapestry {

/// The words of a sentence, normalised, with a space between: what a tokenizer that cuts at white
/// space learns from and takes. A FormatError for bad bytes that are refused.
std::string spaced_words(std::string_view sentence, const TextOptions& options);
std::vector<SentencePair> spaced_words(std::span<const SentencePair> pairs,
                                       const TextOptions& options);
/// Back to a sentence as a person would write it: no space before a full stop.
std::string written(std::string_view spaced_words);

struct PairLimits {
  std::size_t source = 50, target = 50; ///< tokens of a sentence at most
};

/// Sentences as ids of a Vocabulary. Sources close with <end>; targets begin with <start> and close
/// with <end>.
struct EncodedPairs {
  std::vector<std::vector<int>> source, target;
  std::vector<std::size_t> number; ///< of the pair, among all that were given
  std::size_t too_long = 0;        ///< left out: a sentence of more tokens than allowed
  std::size_t empty = 0;           ///< left out: a sentence without a token
};

/// Encodes all pairs, on all cores. Throws what the tokenizers throw.
EncodedPairs encode_pairs(std::span<const SentencePair> pairs, const Tokenizer& source,
                          const Tokenizer& target, const PairLimits& limits = {});

inline namespace TAPESTRY_PRECISION {

struct TranslationBatch {
  PackedIndices source;             ///< lengths as they come: the layout remembers the order
  Indices target;                   ///< (T, B), <start> first, <pad> after <end>
  std::vector<std::size_t> numbers; ///< (B), of the pairs among all that were given
};

/// The pairs at these places of `pairs`, side by side. A std::invalid_argument for no places and a
/// std::out_of_range for one that does not exist.
TranslationBatch translation_batch(const EncodedPairs& pairs, std::span<const std::size_t> places);

/// All places, each once, in batches of similar length by length_batches: by sentences
/// (batch_size), or by tokens of source and target together (most_steps).
std::vector<std::vector<std::size_t>>
translation_batches(const EncodedPairs& pairs, const LengthBatchOptions& options, Rng& rng);

} // namespace TAPESTRY_PRECISION

} // namespace tapestry
