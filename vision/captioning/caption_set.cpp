#include "vision/captioning/caption_set.hpp"

#include <algorithm>
#include <numeric>

#include "autograd/ids.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

CaptionSet::CaptionSet(const std::vector<CaptionedImage>& part, const Vocabulary& words,
                       std::size_t max_words, const CaptionTokenizer& tokenize) {
  for (const CaptionedImage& image : part) {
    auto& captions = captions_.emplace_back();
    for (const std::string& caption : image.captions) {
      const std::vector<int> ids = words.encode(tokenize(caption));
      std::vector<int>& whole = captions.emplace_back(1, Vocabulary::start_id);
      whole.insert(whole.end(), ids.begin(),
                   ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), max_words)));
      whole.push_back(Vocabulary::end_id);
    }
  }
}

std::vector<CaptionExample> CaptionSet::examples() const {
  std::vector<CaptionExample> all;
  for (std::size_t i = 0; i < captions_.size(); ++i)
    for (std::size_t k = 0; k < captions_[i].size(); ++k) all.push_back({i, k});
  return all;
}

CaptionBatch CaptionSet::batch(const std::vector<std::size_t>& pictures, std::size_t each,
                               Rng& rng) const {
  std::vector<std::vector<int>> chosen;
  std::vector<std::size_t> picture_of;
  for (std::size_t b = 0; b < pictures.size(); ++b) {
    const auto& captions = captions_[pictures[b]];
    std::vector<std::size_t> order(captions.size());
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    for (std::size_t k = 0; k < std::min(each, order.size()); ++k) {
      chosen.push_back(captions[order[k]]);
      picture_of.push_back(b);
    }
  }
  return {ids_from(picture_of), stack_padded(chosen, Vocabulary::pad_id)};
}

CaptionBatch CaptionSet::batch(std::span<const CaptionExample> examples) const {
  std::vector<std::vector<int>> chosen;
  for (const CaptionExample& e : examples) chosen.push_back(captions_[e.picture][e.caption]);
  return {count_up(examples.size()), stack_padded(chosen, Vocabulary::pad_id)};
}

Vocabulary caption_vocabulary(const std::vector<CaptionedImage>& part, int min_count,
                              const CaptionTokenizer& tokenize) {
  std::vector<std::vector<std::string>> sentences;
  for (const CaptionedImage& image : part)
    for (const std::string& caption : image.captions) sentences.push_back(tokenize(caption));
  return Vocabulary(sentences, min_count);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
