#include "text/metrics/caption_scores.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "text/metrics/bleu.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "text/metrics/cider.hpp"
#include "text/metrics/meteor.hpp"
#include "text/metrics/rouge_l.hpp"

namespace tapestry {

CaptionScores score_captions(std::span<const Sentence> hypotheses,
                             std::span<const References> references) {
  require_references("score_captions", hypotheses, references);
  if (hypotheses.empty()) throw std::invalid_argument("score_captions: no captions to score");
  CaptionScores scores;
  scores.bleu = corpus_bleu(hypotheses, references).score;
  scores.rouge_l = corpus_rouge_l(hypotheses, references);
  scores.meteor = meteor_exact_and_stem(hypotheses, references).score;
  scores.cider_plain = cider_plain(hypotheses, references).score;
  Cider cider = cider_d(hypotheses, references);
  scores.cider_d = cider.score;
  scores.cider_d_of_picture = std::move(cider.of_picture);
  return scores;
}

CaptionScores score_captions(const std::map<std::string, std::string>& hypotheses,
                             const std::map<std::string, std::vector<std::string>>& references) {
  for (const auto& [name, captions] : references)
    if (!hypotheses.contains(name))
      throw std::invalid_argument(
          fmt::format("score_captions: no caption to score for \"{}\"", name));
  std::vector<Sentence> said;
  std::vector<References> right;
  for (const auto& [name, caption] : hypotheses) {
    const auto found = references.find(name);
    if (found == references.end() || found->second.empty())
      throw std::invalid_argument(fmt::format("score_captions: no references for \"{}\"", name));
    said.push_back(caption_tokens(caption));
    right.emplace_back();
    for (const std::string& reference : found->second)
      right.back().push_back(caption_tokens(reference));
  }
  return score_captions(said, right);
}

} // namespace tapestry
