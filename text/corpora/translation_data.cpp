#include "text/corpora/translation_data.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/ids.hpp"
#include "text/tokens/vocabulary.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry {

std::string spaced_words(std::string_view sentence, const TextOptions& options) {
  std::string text;
  for_each_piece(sentence, options, [&](std::string_view piece, Span) {
    if (!text.empty()) text += ' ';
    text += piece;
  });
  return text;
}

std::vector<SentencePair> spaced_words(std::span<const SentencePair> pairs,
                                       const TextOptions& options) {
  std::vector<SentencePair> spaced(pairs.size());
  constexpr std::size_t steps = 2000; // about as much work as a sentence is
  parallel_rows(pairs.size(), steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      spaced[i] = {spaced_words(pairs[i].source, options), spaced_words(pairs[i].target, options)};
  });
  return spaced;
}

std::string written(std::string_view spaced_words) {
  std::vector<std::string> words;
  for (Piece& piece : split_whitespace(spaced_words)) words.push_back(std::move(piece.text));
  return join_words(words);
}

EncodedPairs encode_pairs(std::span<const SentencePair> pairs, const Tokenizer& source,
                          const Tokenizer& target, const PairLimits& limits) {
  std::vector<std::vector<int>> sources(pairs.size()), targets(pairs.size());
  constexpr std::size_t steps = 2000;
  parallel_rows(pairs.size(), steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      sources[i] = source.encode(pairs[i].source).ids;
      targets[i] = target.encode(pairs[i].target).ids;
    }
  });
  EncodedPairs encoded;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (sources[i].empty() || targets[i].empty()) {
      ++encoded.empty;
    } else if (sources[i].size() > limits.source || targets[i].size() > limits.target) {
      ++encoded.too_long;
    } else {
      sources[i].push_back(Vocabulary::end_id);
      targets[i].insert(targets[i].begin(), Vocabulary::start_id);
      targets[i].push_back(Vocabulary::end_id);
      encoded.source.push_back(std::move(sources[i]));
      encoded.target.push_back(std::move(targets[i]));
      encoded.number.push_back(i);
    }
  }
  return encoded;
}

inline namespace TAPESTRY_PRECISION {

TranslationBatch translation_batch(const EncodedPairs& pairs, std::span<const std::size_t> places) {
  if (places.empty())
    throw std::invalid_argument("translation_batch: no places, expected at least 1");
  std::vector<std::vector<int>> sources, targets;
  Lengths lengths;
  TranslationBatch batch;
  for (const std::size_t place : places) {
    sources.push_back(pairs.source.at(place));
    targets.push_back(pairs.target.at(place));
    lengths.push_back(static_cast<int>(sources.back().size()));
    batch.numbers.push_back(pairs.number.at(place));
  }
  batch.source = pack_padded_sequence(stack_padded(sources, Vocabulary::pad_id), lengths,
                                      {.enforce_sorted = false});
  batch.target = stack_padded(targets, Vocabulary::pad_id);
  return batch;
}

std::vector<std::vector<std::size_t>>
translation_batches(const EncodedPairs& pairs, const LengthBatchOptions& options, Rng& rng) {
  std::vector<std::size_t> lengths(pairs.number.size());
  for (std::size_t i = 0; i < lengths.size(); ++i)
    lengths[i] = pairs.source[i].size() + pairs.target[i].size();
  return length_batches(lengths, options, rng);
}

} // namespace TAPESTRY_PRECISION

} // namespace tapestry
