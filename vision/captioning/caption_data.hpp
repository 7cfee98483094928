// Pictures and captions as the captioner takes them: from a folder to batches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/random.hpp"
#include "text/corpora/caption_corpus.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The captions of B pictures. Each of N belongs to picture picture_of[i] of them; words: (T, N),
/// <start> words <end>, then <pad>.
struct CaptionBatch {
  Indices picture_of;
  Indices words;
};

/// Part of a corpus in memory: pictures as bytes, captions as word ids.
class CaptionData {
public:
  /// Reads every picture, cuts out its middle square and resizes it to side x side. Captions longer
  /// than max_words are cut. Throws FormatError for the first picture of the part that cannot be
  /// read.
  CaptionData(const CaptionCorpus& corpus, const std::vector<CaptionedImage>& part,
              const Vocabulary& words, std::size_t side, std::size_t max_words = 24);

  std::size_t size() const { return captions_.size(); }
  /// The picture of one example. -> (3, side, side)
  Tensor picture(std::size_t index) const;

  /// The pictures of the examples `indices`. -> (B, 3, side, side)
  Tensor pictures(const std::vector<std::size_t>& indices) const;
  /// Of each of these examples `each` captions, drawn without repetition (or all, if it has fewer).
  CaptionBatch captions(const std::vector<std::size_t>& indices, std::size_t each, Rng& rng) const;

private:
  std::size_t side_;
  std::vector<std::uint8_t> pixels_;                    // (size, 3, side, side)
  std::vector<std::vector<std::vector<int>>> captions_; // of each picture: word ids
};

/// The picture at `path` as the captioner takes it: its middle square, (3, side, side). A
/// FormatError if it cannot be read or is too small to show anything (under 8 pixels a side).
Tensor read_for_captioning(const std::string& path, std::size_t side);

/// Words of all captions of a part that occur at least min_count times.
Vocabulary caption_vocabulary(const std::vector<CaptionedImage>& part, int min_count);

} // namespace tapestry::inline TAPESTRY_PRECISION
