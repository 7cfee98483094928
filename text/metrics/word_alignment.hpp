// Which word of a sentence is which word of another: METEOR's first step.
#pragma once

#include <optional>

#include "text/metrics/references.hpp"

namespace tapestry {

/// A word of the hypothesis that is matched with one of the reference.
struct WordMatch {
  std::size_t hypothesis; ///< its place, from 0
  bool by_stem;           ///< only the stems are equal
};

/// For each word of the reference its match, if it has one; no word is matched twice.
using WordAlignment = std::vector<std::optional<WordMatch>>;

/// A beam search from the reference's first word to its last, as METEOR 1.5's (Denkowski and Lavie,
/// "Meteor 1.3", WMT 2011, section 2.1): most exact matches, then fewest chunks, then least
/// distances in place. Sentences that are equal are matched by equal words only.
WordAlignment align_words(const Sentence& hypothesis, const Sentence& reference);

/// Runs of matches that are neighbours, in the same order, in both sentences.
std::size_t count_chunks(const WordAlignment& alignment);

} // namespace tapestry
