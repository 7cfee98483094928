// The captions of many pictures as word ids, and batches of them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/random.hpp"
#include "autograd/tensor.hpp"
#include "text/corpora/caption_corpus.hpp"
#include "text/tokens/vocabulary.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// From a caption to its words. tokenize_words keeps marks; others may not.
using CaptionTokenizer = std::function<std::vector<std::string>(std::string_view)>;

/// The captions of B pictures. Each of N belongs to picture picture_of[i] of them; words: (T, N),
/// <start> words <end>, then <pad>.
struct CaptionBatch {
  Indices picture_of;
  Indices words;
};

/// One caption of one picture, by their numbers.
struct CaptionExample {
  std::size_t picture, caption;
};

class CaptionSet {
public:
  /// Captions longer than max_words are cut.
  CaptionSet(const std::vector<CaptionedImage>& part, const Vocabulary& words,
             std::size_t max_words = 24, const CaptionTokenizer& tokenize = tokenize_words);

  std::size_t size() const { return captions_.size(); } ///< pictures
  /// Every caption of every picture.
  std::vector<CaptionExample> examples() const;

  /// Of each of these pictures `each` captions, drawn without repetition (or all, if it has fewer).
  CaptionBatch batch(const std::vector<std::size_t>& pictures, std::size_t each, Rng& rng) const;
  /// These captions; caption i belongs to picture i of the batch.
  CaptionBatch batch(std::span<const CaptionExample> examples) const;

private:
  std::vector<std::vector<std::vector<int>>> captions_; // of each picture: <start> words <end>
};

/// Words of all captions of a part that occur at least min_count times.
Vocabulary caption_vocabulary(const std::vector<CaptionedImage>& part, int min_count,
                              const CaptionTokenizer& tokenize = tokenize_words);

} // namespace tapestry::inline TAPESTRY_PRECISION
