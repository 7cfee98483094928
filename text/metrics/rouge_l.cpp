#include "text/metrics/rouge_l.hpp"

#include <algorithm>
#include <stdexcept>

namespace tapestry {

std::size_t longest_common_subsequence(const Sentence& a, const Sentence& b) {
  // best[j]: of the words of a seen so far and the first j of b. `diagonal` is best[j - 1] as it
  // was one word of a ago.
  std::vector<std::size_t> best(b.size() + 1, 0);
  for (const std::string& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = best[j];
      best[j] = word == b[j - 1] ? diagonal + 1 : std::max(above, best[j - 1]);
      diagonal = above;
    }
  }
  return best.back();
}

double rouge_l(const Sentence& hypothesis, const References& references) {
  if (references.empty()) throw std::invalid_argument("rouge_l: the hypothesis has no reference");
  const auto at_least_a_word = [](const Sentence& s) { return s.empty() ? Sentence{""} : s; };
  const Sentence said = at_least_a_word(hypothesis);
  double precision = 0, recall = 0;
  for (const Sentence& reference : references) {
    const Sentence right = at_least_a_word(reference);
    const auto common = static_cast<double>(longest_common_subsequence(said, right));
    precision = std::max(precision, common / static_cast<double>(said.size()));
    recall = std::max(recall, common / static_cast<double>(right.size()));
  }
  constexpr double beta_squared = 1.2 * 1.2;
  if (precision == 0) return 0;
  return (1 + beta_squared) * precision * recall / (recall + beta_squared * precision);
}

double corpus_rouge_l(std::span<const Sentence> hypotheses,
                      std::span<const References> references) {
  require_references("corpus_rouge_l", hypotheses, references);
  if (hypotheses.empty()) throw std::invalid_argument("corpus_rouge_l: no hypotheses");
  double sum = 0;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) sum += rouge_l(hypotheses[i], references[i]);
  return sum / static_cast<double>(hypotheses.size());
}

} // namespace tapestry
