// The table of captions on photographs: its rows, and what they are held against.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "floors.hpp"
#include "telling.hpp"

namespace tapestry {

inline double rounded(double x) { return std::round(100 * x) / 100; }

inline double words_a_caption(const std::vector<std::string>& captions) {
  double words = 0;
  for (const std::string& caption : captions)
    words += static_cast<double>(caption_tokens(caption).size());
  return words / static_cast<double>(captions.size());
}

using Row = std::map<std::string, double>;

// A row of the table, also printed.
inline Row row(const std::string& name, const std::vector<std::string>& captions,
               const CaptionScores& s) {
  Row one{{"rouge_l", 100 * s.rouge_l},
          {"meteor", 100 * s.meteor},
          {"cider", 100 * s.cider_d},
          {"words", words_a_caption(captions)}};
  for (int n = 1; n <= 4; ++n)
    one["bleu_" + std::to_string(n)] = 100 * s.bleu[static_cast<std::size_t>(n - 1)];
  fmt::print("{:<28} BLEU-1 {:5.1f}  BLEU-4 {:5.1f}  CIDEr {:5.1f}  {:4.1f} words\n", name,
             one["bleu_1"], one["bleu_4"], one["cider"], one["words"]);
  std::fflush(stdout);
  return one;
}

inline nlohmann::json spread(const std::vector<Row>& rows) {
  nlohmann::json all;
  for (const auto& [name, unused] : rows[0]) {
    double sum = 0, least = 1e300, most = -1e300;
    for (const auto& one : rows) {
      const double x = one.at(name);
      sum += x, least = std::min(least, x), most = std::max(most, x);
    }
    all[name] = {{"mean", rounded(sum / static_cast<double>(rows.size()))},
                 {"least", rounded(least)},
                 {"most", rounded(most)}};
  }
  return all;
}

// `part` with the vectors of other pictures.
inline PhotoPart with_vectors(PhotoPart part, const Tensor& vectors) {
  part.vectors = vectors;
  return part;
}

// The training photograph whose vector is most similar in direction to that of each test
// photograph, once the mean vector has been taken away from both.
inline std::vector<std::size_t> nearest_of_all(const PhotoCorpus& photos) {
  const Tensor mean = mean_of(photos.train.vectors);
  const auto centred = [&](Tensor vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i)
      vectors.data()[i] -= mean.data()[i % mean.size()];
    return vectors;
  };
  const Tensor known = centred(photos.train.vectors), seen = centred(photos.test.vectors);
  std::vector<std::size_t> found(photos.test.images.size());
  parallel_parts(found.size(),
                 [&](std::size_t i) { found[i] = nearest(known, rows_of(seen, {i})); });
  return found;
}

// Flickr8k sorts a photograph's captions by alphabet, so its first ones are not like its last ones:
// what is said of people is the mean over all five places.
constexpr std::size_t places = 5;

inline std::vector<std::string> at_place(const std::vector<CaptionedImage>& images,
                                         std::size_t place) {
  std::vector<std::string> captions;
  for (const CaptionedImage& image : images) captions.push_back(image.captions.at(place));
  return captions;
}

inline std::vector<References> without_place(std::vector<References> references,
                                             std::size_t place) {
  for (References& of_one : references)
    of_one.erase(of_one.begin() + static_cast<std::ptrdiff_t>(place));
  return references;
}

inline std::size_t captions_with(const std::string& word, const PhotoPart& part) {
  std::size_t count = 0;
  for (const References& of_picture : part.references)
    for (const Sentence& caption : of_picture)
      count += std::find(caption.begin(), caption.end(), word) != caption.end();
  return count;
}

inline std::size_t pictures_with(const std::string& word, const PhotoPart& part) {
  std::size_t count = 0;
  for (const References& of_picture : part.references)
    count += std::any_of(of_picture.begin(), of_picture.end(), [&](const Sentence& caption) {
      return std::find(caption.begin(), caption.end(), word) != caption.end();
    });
  return count;
}

} // namespace tapestry
