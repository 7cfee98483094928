// What decoders say of photographs: the search, chosen on dev, its scores, and a page to look at.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "photographs.hpp"
#include "text/metrics/caption_scores.hpp"
#include "vision/captioning/results_page.hpp"

namespace tapestry {

/// What the decoders say together of every vector. vectors: (N, P) -> N times word ids up to <end>
inline std::vector<std::vector<int>> tell_all(std::span<ShowAndTell* const> tellers,
                                              const Tensor& vectors, const BeamOptions& search) {
  std::vector<std::vector<int>> told(vectors.shape()[0]);
  Progress progress(fmt::format("captioning, beam {}", search.beam_size), told.size());
  constexpr std::size_t at_once = 100;
  for (std::size_t begin = 0; begin < told.size(); begin += at_once) {
    const std::size_t n = std::min(at_once, told.size() - begin);
    parallel_parts(n, [&](std::size_t i) {
      const auto best = tell_together(tellers, rows_of(vectors, {begin + i}), search);
      if (!best.empty()) told[begin + i] = best.front().tokens;
    });
    progress.update(begin + n);
  }
  return told;
}

inline void print_scores(const CaptionScores& s) {
  for (std::size_t n = 0; n < 4; ++n) fmt::print("BLEU-{}: {:.1f}\n", n + 1, 100 * s.bleu[n]);
  fmt::print("ROUGE-L: {:.1f}\nMETEOR (exact words and stems): {:.1f}\nCIDEr: {:.1f}\n",
             100 * s.rouge_l, 100 * s.meteor, 100 * s.cider_d);
}

struct Told {
  std::vector<std::vector<int>> ids;
  std::vector<std::string> captions;
  CaptionScores scores;
};

inline CaptionScores score(const std::vector<std::string>& captions,
                           const std::vector<References>& references) {
  std::vector<Sentence> hypotheses;
  for (const std::string& caption : captions) hypotheses.push_back(caption_tokens(caption));
  return score_captions(hypotheses, references);
}

inline Told tell_and_score(std::span<ShowAndTell* const> tellers, const Vocabulary& words,
                           const PhotoPart& part, const BeamOptions& search) {
  Told told{tell_all(tellers, part.vectors, search), {}, {}};
  for (const auto& ids : told.ids)
    told.captions.push_back(fmt::format("{}", fmt::join(words.decode(ids), " ")));
  told.scores = score(told.captions, part.references);
  return told;
}

struct TriedSearch {
  BeamOptions search;
  CaptionScores scores; // on dev
};

//> try-searches
/// What dev says of some beams, each by the plain sum of the log-probabilities and by that sum
/// divided by the 0.7th power of the length.
inline std::vector<TriedSearch> try_searches(std::span<ShowAndTell* const> tellers,
                                             const Vocabulary& words, const PhotoPart& dev) {
  std::vector<TriedSearch> tried;
  for (const int beam : {1, 2, 3, 5, 7, 20})
    for (const double power : {0.0, 0.7}) {
      if (beam == 1 && power > 0) continue; // greedy: nothing is compared
      const BeamOptions search{.beam_size = beam, .max_length = 30, .length_penalty = power};
      const CaptionScores s = tell_and_score(tellers, words, dev, search).scores;
      fmt::print("dev, beam {}, length^{}: BLEU-1 {:.1f}, BLEU-4 {:.1f}, CIDEr {:.1f}\n", beam,
                 power, 100 * s.bleu[0], 100 * s.bleu[3], 100 * s.cider_d);
      std::fflush(stdout);
      tried.push_back({search, s});
    }
  return tried;
}

/// The search with the best CIDEr.
inline BeamOptions best_of(const std::vector<TriedSearch>& tried) {
  return std::max_element(
             tried.begin(), tried.end(),
             [](const auto& a, const auto& b) { return a.scores.cider_d < b.scores.cider_d; })
      ->search;
}
//< try-searches

/// A line a picture: its name, a tab, its caption.
inline void write_captions(const std::string& path, const PhotoPart& part,
                           const std::vector<std::string>& captions) {
  std::string lines;
  for (std::size_t i = 0; i < captions.size(); ++i)
    lines += part.images[i].name + "\t" + captions[i] + "\n";
  write_file_atomically(path, lines);
}

/// A page with the part's photographs, if the folder has them, and how sure the decoder was of each
/// word.
inline void write_page(const std::string& path, ShowAndTell& teller, const Vocabulary& words,
                       const PhotoPart& part, const Told& told, const CaptionCorpus& corpus) {
  ResultsPage page(path, {.title = "What the captioner says of photographs",
                          .text = "The darker a word's ground, the less sure it was.",
                          .figures = {{"BLEU-4", fmt::format("{:.1f}", 100 * told.scores.bleu[3])},
                                      {"CIDEr", fmt::format("{:.1f}", 100 * told.scores.cider_d)}},
                          .score_name = "CIDEr",
                          .curve = "loss.svg"});
  for (std::size_t i = 0; i < part.images.size(); ++i) {
    const CaptionedImage& image = part.images[i];
    ShownCaption shown{.name = image.name,
                       .image_bytes = {},
                       .words = words.decode(told.ids[i]),
                       .probabilities = {},
                       .references = image.captions,
                       .score = 100 * told.scores.cider_d_of_picture[i]};
    for (const double log_p : teller.log_probabilities(rows_of(part.vectors, {i}), told.ids[i]))
      shown.probabilities.push_back(std::min(1.0, std::exp(log_p)));
    shown.probabilities.resize(shown.words.size()); // without <end>
    if (const std::string file = corpus.image_path(image.name);
        !corpus.image_folder.empty() && std::filesystem::exists(file))
      shown.image_bytes = read_file(file);
    page.add(shown);
  }
  page.finish();
}

} // namespace tapestry
