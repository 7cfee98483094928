// BLEU: how much of a sentence is also in what people wrote.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "text/metrics/references.hpp"

namespace tapestry {

/// What BLEU is made of, of one sentence or of a corpus; of a corpus it is the sum over its
/// sentences. Entry n - 1 of an array belongs to n-grams of length n.
struct BleuCounts {
  std::array<std::size_t, 4> matches{}; ///< n-grams that are in a reference, clipped
  std::array<std::size_t, 4> ngrams{};  ///< all n-grams of the hypotheses
  std::size_t hypothesis_length = 0;    ///< words in all hypotheses
  std::size_t reference_length = 0;     ///< words in the references closest in length

  BleuCounts& operator+=(const BleuCounts& other);
};

/// Of one sentence (Papineni et al. 2002, sections 2.1 and 2.2): an n-gram matches at most as often
/// as it occurs in any one reference, and of two references equally close in length the shorter
/// counts. `references`: one at least
BleuCounts bleu_counts(const Sentence& hypothesis, const References& references);

/// The score of a corpus. Entry n - 1 of an array belongs to n-grams of length n.
struct Bleu {
  std::array<double, 4> score{};     ///< BLEU-1 to BLEU-4, each in [0, 1]
  std::array<double, 4> precision{}; ///< the share of n-grams that are matched
  double brevity_penalty = 0;        ///< 1 unless the hypotheses are shorter than the references
  std::size_t hypothesis_length = 0; ///< words in all hypotheses
  std::size_t reference_length = 0;  ///< words in the references closest in length
};

/// Corpus BLEU (Papineni, Roukos, Ward and Zhu, "BLEU", ACL 2002, sections 2.1 to 2.3), as
/// pycocoevalcap computes it for captions: it adds 1e-15 to each count of matches and 1e-9 to each
/// number of n-grams. So an order of which no n-gram matches makes a score small and not 0:
/// 1e-4 or so for BLEU-4, where only the quadruples fail.
///
/// `references[i]` are the right answers for `hypotheses[i]`. Of two references equally close in
/// length the shorter counts. Counts and lengths are summed over the corpus before any division:
/// this is not the mean of sentence scores.
/// Throws std::invalid_argument if the two differ in length or a hypothesis has no reference.
Bleu corpus_bleu(std::span<const Sentence> hypotheses, std::span<const References> references);

} // namespace tapestry
