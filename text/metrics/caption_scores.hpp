// All that captions are scored by, in one call.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>

#include "text/metrics/references.hpp"

namespace tapestry {

/// BLEU and ROUGE-L are in [0, 1] and CIDEr in [0, 10]; tables print them times 100.
struct CaptionScores {
  std::array<double, 4> bleu{}; ///< BLEU-1 to BLEU-4
  double rouge_l = 0;
  double meteor = 0;      ///< only exact and stem matches: lower than METEOR in tables
  double cider_d = 0;     ///< what pycocoevalcap and nearly all tables call "CIDEr"
  double cider_plain = 0; ///< without clipping and length penalty
  std::vector<double> cider_d_of_picture; ///< in the order of the hypotheses
};

/// Of captions that are words already: see corpus_bleu, corpus_rouge_l, cider_d, cider_plain and
/// meteor_exact_and_stem. Equal to pycocoevalcap within 1e-9, but for METEOR.
/// Throws std::invalid_argument if the two differ in length, if a list of references is empty, or
/// if there are no hypotheses.
CaptionScores score_captions(std::span<const Sentence> hypotheses,
                             std::span<const References> references);

/// Of captions as text, each under the name of its picture; caption_tokens makes words of them. The
/// pictures' scores are in the order of the names.
/// Throws std::invalid_argument naming a picture that only one of the two has, and as above.
CaptionScores score_captions(const std::map<std::string, std::string>& hypotheses,
                             const std::map<std::string, std::vector<std::string>>& references);

} // namespace tapestry
