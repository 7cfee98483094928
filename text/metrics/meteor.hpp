// METEOR: words that match exactly or by their stem, and how much they are out of order.
#pragma once

#include <set>
#include <span>
#include <string>

#include "text/metrics/references.hpp"

namespace tapestry {

/// METEOR 1.5's values for English (Denkowski and Lavie, "Meteor Universal", WMT 2014).
struct MeteorOptions {
  double alpha = 0.85;      ///< recall's share in the harmonic mean
  double beta = 0.2;        ///< the exponent of fragmentation
  double gamma = 0.6;       ///< the largest penalty for fragmentation
  double delta = 0.75;      ///< the weight of a content word; a function word has 1 - delta
  double stem_weight = 0.6; ///< of a match by stem; an exact match has 1
  /// Words that say little by themselves. METEOR brings a list of its own for English, which is not
  /// part of this library; english_function_words() stands in for it.
  std::set<std::string> function_words;
};

/// Words of closed classes (articles, pronouns, prepositions, conjunctions, auxiliaries) among
/// those of which every one is more than a thousandth of 3.8 million words of public-domain books;
/// and 's.
const std::set<std::string>& english_function_words();

/// The score of the corpus, and each picture's.
struct Meteor {
  double score =
      0; ///< of the counts summed over the corpus, each picture's from its best reference
  std::vector<double> of_picture;
};

/// METEOR (Banerjee and Lavie, ACL workshop 2005; Denkowski and Lavie, WMT 2014, section 2) with
/// two of its four ways to match words: equal, and equal after Porter's English stemmer. Synonyms
/// and paraphrases, for which METEOR looks into WordNet and a table of phrases, are NOT here: the
/// figure is lower than what tables report as METEOR, and can only be compared with itself. Words
/// are taken as they come; METEOR's own program, called with -norm, divides some of them further.
///
/// Throws std::invalid_argument as corpus_bleu does.
Meteor
meteor_exact_and_stem(std::span<const Sentence> hypotheses, std::span<const References> references,
                      const MeteorOptions& options = {.function_words = english_function_words()});

} // namespace tapestry
