#include "text/metrics/bleu.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace tapestry {

namespace {

using Sentence = std::vector<std::string>;
using NgramCounts = std::map<std::vector<std::string_view>, std::size_t>;

NgramCounts count_ngrams(const Sentence& sentence, std::size_t n) {
  NgramCounts counts;
  for (std::size_t i = 0; i + n <= sentence.size(); ++i)
    ++counts[{sentence.begin() + static_cast<std::ptrdiff_t>(i),
              sentence.begin() + static_cast<std::ptrdiff_t>(i + n)}];
  return counts;
}

//> bleu-clipping
/// An n-gram is matched at most as often as it occurs in any one reference: without this limit,
/// "the the the the" would be a perfect description of anything.
std::size_t clipped_matches(const Sentence& hypothesis, const std::vector<Sentence>& references,
                            std::size_t n) {
  NgramCounts limit;
  for (const Sentence& reference : references)
    for (const auto& [ngram, count] : count_ngrams(reference, n))
      limit[ngram] = std::max(limit[ngram], count);
  std::size_t matches = 0;
  for (const auto& [ngram, count] : count_ngrams(hypothesis, n))
    if (const auto found = limit.find(ngram); found != limit.end())
      matches += std::min(count, found->second);
  return matches;
}
//< bleu-clipping

std::size_t closest_length(std::size_t length, const std::vector<Sentence>& references) {
  const auto closer = [length](const Sentence& a, const Sentence& b) {
    const auto distance = [length](std::size_t n) { return n > length ? n - length : length - n; };
    const std::size_t da = distance(a.size()), db = distance(b.size());
    return da != db ? da < db : a.size() < b.size();
  };
  return std::min_element(references.begin(), references.end(), closer)->size();
}

} // namespace

Bleu corpus_bleu(std::span<const std::vector<std::string>> hypotheses,
                 std::span<const std::vector<std::vector<std::string>>> references) {
  if (hypotheses.size() != references.size())
    throw std::invalid_argument(fmt::format("corpus_bleu: {} hypotheses, but references for {}",
                                            hypotheses.size(), references.size()));
  Bleu bleu;
  std::array<std::size_t, 4> matches{}, total{};
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    if (references[i].empty())
      throw std::invalid_argument(fmt::format("corpus_bleu: hypothesis {} has no reference", i));
    const std::size_t length = hypotheses[i].size();
    bleu.hypothesis_length += length;
    bleu.reference_length += closest_length(length, references[i]);
    for (std::size_t n = 1; n <= 4; ++n) {
      matches[n - 1] += clipped_matches(hypotheses[i], references[i], n);
      total[n - 1] += length >= n ? length - n + 1 : 0;
    }
  }
  if (bleu.hypothesis_length == 0) return bleu;

  //> bleu-score
  const double ratio =
      static_cast<double>(bleu.reference_length) / static_cast<double>(bleu.hypothesis_length);
  bleu.brevity_penalty = ratio <= 1 ? 1 : std::exp(1 - ratio);
  double log_sum = 0;
  for (std::size_t n = 1; n <= 4; ++n) {
    const double precision =
        total[n - 1] == 0 ? 0
                          : static_cast<double>(matches[n - 1]) / static_cast<double>(total[n - 1]);
    log_sum += std::log(precision); // log 0 is -infinity, and its exp again 0
    bleu.precision[n - 1] = precision;
    bleu.score[n - 1] = bleu.brevity_penalty * std::exp(log_sum / static_cast<double>(n));
  }
  //< bleu-score
  return bleu;
}

} // namespace tapestry
