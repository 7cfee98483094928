#include "vision/captioning/caption_data.hpp"

#include <algorithm>
#include <cmath>

#include "autograd/base/parallel.hpp"
#include "vision/images/image.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Tensor read_for_captioning(const std::string& path, std::size_t side) {
  return read_square(path, side, 8);
}

CaptionData::CaptionData(const CaptionCorpus& corpus, const std::vector<CaptionedImage>& part,
                         const Vocabulary& words, std::size_t side, std::size_t max_words)
    : captions(part, words, max_words), side_(side), pixels_(part.size() * 3 * side * side) {
  const std::size_t picture_size = 3 * side * side;
  parallel_parts(part.size(), [&](std::size_t i) {
    const Tensor x = read_for_captioning(corpus.image_path(part[i].name), side);
    for (std::size_t j = 0; j < picture_size; ++j)
      pixels_[i * picture_size + j] = static_cast<std::uint8_t>(std::lround(x.data()[j] * 255));
  });
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

} // namespace tapestry::inline TAPESTRY_PRECISION
