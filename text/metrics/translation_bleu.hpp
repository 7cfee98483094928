// BLEU of translations, as papers report it: over agreed words, with a signature that says how.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "text/metrics/bleu.hpp"

namespace tapestry {

/// What an order of n-grams of which none matches counts as; else the whole score would be 0 (Chen
/// and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014,
/// in whose list these are methods 1 to 3).
enum class BleuSmoothing {
  none,  ///< as it is: the score is 0
  floor, ///< as if a share of one, smooth_value, had matched
  add_k, ///< smooth_value is added to matches and n-grams of every order but the first
  exp    ///< 1/2 of a match for the first such order, 1/4 for the next, and so on
};

struct TranslationBleuOptions {
  bool tokenized = false; ///< words lie between spaces already; else they are cut as tokens_13a
  bool lower_case = false;
  BleuSmoothing smoothing = BleuSmoothing::exp;
  std::optional<double> smooth_value = {}; ///< of floor, 0.1 if not given, and of add_k, 1
  bool effective_order = false; ///< leave out orders for which no hypothesis is long enough
};

struct TranslationBleu {
  double score = 0;                  ///< 0 to 100
  std::array<double, 4> precision{}; ///< smoothed, 0 to 100
  double brevity_penalty = 1;
  BleuCounts counts;
  std::string signature; ///< "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.x"
};

/// Corpus BLEU-4 (Papineni et al. 2002) of whole lines, equal to sacrebleu 2 (Post 2018) with the
/// same signature. Text that is tokenized already, without smoothing, gives what multi-bleu.perl
/// of Moses gives. references[i] are the right answers for hypotheses[i], any number of them
/// from 1. A score without any match is 0, whatever the smoothing. Throws std::invalid_argument if
/// the two differ in length, if a hypothesis has no reference, or for a smooth_value below 0.
TranslationBleu translation_bleu(std::span<const std::string> hypotheses,
                                 std::span<const std::vector<std::string>> references,
                                 const TranslationBleuOptions& options = {});

} // namespace tapestry
