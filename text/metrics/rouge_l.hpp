// ROUGE-L: the longest sequence of words that two sentences have in common.
#pragma once

#include <span>

#include "text/metrics/references.hpp"

namespace tapestry {

/// The number of words of the longest sequence that both sentences contain in the same order, with
/// other words between them or not. Time is the product of the two lengths.
std::size_t longest_common_subsequence(const Sentence& a, const Sentence& b);

/// ROUGE-L of one sentence, in [0, 1] (Lin, "ROUGE", ACL workshop 2004, section 3), as
/// pycocoevalcap computes it: the best precision p = LCS / words of the hypothesis and the best
/// recall r = LCS / words of the reference are each taken over the references, not from the same
/// one, and weighted by beta = 1.2: (1 + beta^2) p r / (r + beta^2 p). A sentence of no words
/// counts as one empty word. Throws std::invalid_argument if there is no reference.
double rouge_l(const Sentence& hypothesis, const References& references);

/// Its mean over a corpus. Throws std::invalid_argument as corpus_bleu does, and for no hypotheses.
double corpus_rouge_l(std::span<const Sentence> hypotheses, std::span<const References> references);

} // namespace tapestry
