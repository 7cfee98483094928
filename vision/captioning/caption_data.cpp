#include "vision/captioning/caption_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/base/parallel.hpp"
#include "autograd/ids.hpp"
#include "text/tokens/word_tokenizer.hpp"
#include "vision/images/image.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Tensor read_for_captioning(const std::string& path, std::size_t side) {
  return read_square(path, side, 8);
}

Vocabulary caption_vocabulary(const std::vector<CaptionedImage>& part, int min_count) {
  std::vector<std::vector<std::string>> sentences;
  for (const CaptionedImage& image : part)
    for (const std::string& caption : image.captions) sentences.push_back(tokenize_words(caption));
  return Vocabulary(sentences, min_count);
}

CaptionData::CaptionData(const CaptionCorpus& corpus, const std::vector<CaptionedImage>& part,
                         const Vocabulary& words, std::size_t side, std::size_t max_words)
    : side_(side), pixels_(part.size() * 3 * side * side) {
  const std::size_t picture_size = 3 * side * side;
  parallel_parts(part.size(), [&](std::size_t i) {
    const Tensor x = read_for_captioning(corpus.image_path(part[i].name), side);
    for (std::size_t j = 0; j < picture_size; ++j)
      pixels_[i * picture_size + j] = static_cast<std::uint8_t>(std::lround(x.data()[j] * 255));
  });
  for (const CaptionedImage& image : part) {
    auto& captions = captions_.emplace_back();
    for (const std::string& caption : image.captions) {
      captions.push_back(words.encode(tokenize_words(caption)));
      captions.back().resize(std::min(captions.back().size(), max_words));
    }
  }
}

Tensor CaptionData::picture(std::size_t index) const {
  Tensor x = Tensor::from_shape({3, side_, side_});
  const std::uint8_t* bytes = pixels_.data() + index * x.size();
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(bytes[i]) / 255;
  return x;
}

Tensor CaptionData::pictures(const std::vector<std::size_t>& indices) const {
  Tensor all = Tensor::from_shape({indices.size(), 3, side_, side_});
  for (std::size_t b = 0; b < indices.size(); ++b) {
    const Tensor x = picture(indices[b]);
    std::copy_n(x.data(), x.size(), all.data() + b * x.size());
  }
  return all;
}

CaptionBatch CaptionData::captions(const std::vector<std::size_t>& indices, std::size_t each,
                                   Rng& rng) const {
  std::vector<std::vector<int>> chosen; // with <start> and <end>
  std::vector<std::size_t> picture_of;
  for (std::size_t b = 0; b < indices.size(); ++b) {
    const auto& captions = captions_[indices[b]];
    std::vector<std::size_t> order(captions.size());
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    for (std::size_t k = 0; k < std::min(each, order.size()); ++k) {
      std::vector<int>& words = chosen.emplace_back(1, Vocabulary::start_id);
      words.insert(words.end(), captions[order[k]].begin(), captions[order[k]].end());
      words.push_back(Vocabulary::end_id);
      picture_of.push_back(b);
    }
  }
  CaptionBatch batch;
  batch.words = stack_padded(chosen, Vocabulary::pad_id);
  batch.picture_of = ids_from(picture_of);
  return batch;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
