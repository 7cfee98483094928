#include "vision/captioning/caption_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "text/tokens/word_tokenizer.hpp"
#include "vision/images/image.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Tensor read_for_captioning(const std::string& path, std::size_t side) {
  const Tensor image = read_image(path);
  const std::size_t height = image.shape()[1], width = image.shape()[2];
  if (std::min(height, width) < 8)
    throw FormatError(
        fmt::format("{}: the picture is {}x{} pixels, expected at least 8x8", path, width, height));
  return resize(center_square(image), side, side);
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
  CaptionBatch batch;
  std::vector<const std::vector<int>*> chosen;
  std::vector<std::int32_t> rows;
  std::size_t longest = 0;
  for (std::size_t b = 0; b < indices.size(); ++b) {
    const auto& captions = captions_[indices[b]];
    std::vector<std::size_t> order(captions.size());
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    for (std::size_t k = 0; k < std::min(each, order.size()); ++k) {
      chosen.push_back(&captions[order[k]]);
      rows.push_back(static_cast<std::int32_t>(b));
      longest = std::max(longest, chosen.back()->size());
    }
  }
  const std::size_t n = chosen.size();
  batch.picture_of = Indices::from_shape({n});
  std::copy(rows.begin(), rows.end(), batch.picture_of.data());
  batch.words = Indices::from_shape({longest + 2, n});
  std::fill_n(batch.words.data(), batch.words.size(), Vocabulary::pad_id);
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<int>& caption = *chosen[i];
    const auto at = [&](std::size_t t) -> std::int32_t& { return batch.words.data()[t * n + i]; };
    at(0) = Vocabulary::start_id;
    for (std::size_t t = 0; t < caption.size(); ++t) at(t + 1) = caption[t];
    at(caption.size() + 1) = Vocabulary::end_id;
  }
  return batch;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
