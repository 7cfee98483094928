// Pictures and captions as the captioner of drawn scenes takes them: from a folder to batches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vision/captioning/caption_set.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Part of a corpus in memory: pictures as bytes, captions as word ids.
class CaptionData {
public:
  /// Reads every picture, cuts out its middle square and resizes it to side x side. Captions longer
  /// than max_words are cut. Throws FormatError for the first picture of the part that cannot be
  /// read.
  CaptionData(const CaptionCorpus& corpus, const std::vector<CaptionedImage>& part,
              const Vocabulary& words, std::size_t side, std::size_t max_words = 24);

  std::size_t size() const { return captions.size(); }
  /// The picture of one example. -> (3, side, side)
  Tensor picture(std::size_t index) const;
  /// The pictures of the examples `indices`. -> (B, 3, side, side)
  Tensor pictures(const std::vector<std::size_t>& indices) const;

  const CaptionSet captions;

private:
  std::size_t side_;
  std::vector<std::uint8_t> pixels_; // (size, 3, side, side)
};

/// The picture at `path` as the captioner takes it: its middle square, (3, side, side). A
/// FormatError if it cannot be read or is too small to show anything (under 8 pixels a side).
Tensor read_for_captioning(const std::string& path, std::size_t side);

} // namespace tapestry::inline TAPESTRY_PRECISION
