#include "text/metrics/bleu.hpp"

#include <algorithm>
#include <cmath>

namespace tapestry {

namespace {

//> bleu
/// An n-gram is matched at most as often as it occurs in any one reference: without this limit,
/// "the the the the" would be a perfect description of anything.
std::size_t clipped_matches(const Sentence& hypothesis, const References& references,
                            std::size_t n) {
  NgramCounts limit;
  for (const Sentence& reference : references)
    for (const auto& [ngram, count] : count_runs(reference, n))
      limit[ngram] = std::max(limit[ngram], count);
  std::size_t matches = 0;
  for (const auto& [ngram, count] : count_runs(hypothesis, n))
    if (const auto found = limit.find(ngram); found != limit.end())
      matches += std::min(count, found->second);
  return matches;
}

/// The length of the reference closest to `length`; of two as close, the shorter.
std::size_t closest_length(std::size_t length, const References& references) {
  std::size_t closest = references.front().size();
  const auto distance = [length](std::size_t n) { return n > length ? n - length : length - n; };
  for (const Sentence& reference : references) {
    const std::size_t n = reference.size();
    if (distance(n) < distance(closest) || (distance(n) == distance(closest) && n < closest))
      closest = n;
  }
  return closest;
}

/// exp(1 - references / hypotheses) if the hypotheses are shorter, so that a system cannot be
/// precise by saying little; lengths in words.
double brevity_penalty(double hypotheses, double references) {
  return hypotheses < references ? std::exp(1 - references / hypotheses) : 1;
}

/// BLEU-n for n = 1 to 4: the geometric mean of the first n precisions, times the penalty.
std::array<double, 4> bleu_scores(const std::array<double, 4>& precision, double penalty) {
  std::array<double, 4> score{};
  double product = 1;
  for (std::size_t n = 1; n <= 4; ++n) {
    product *= precision[n - 1];
    score[n - 1] = penalty * std::pow(product, 1 / static_cast<double>(n));
  }
  return score;
}
//< bleu

} // namespace

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (std::size_t n = 0; n < 4; ++n) {
    matches[n] += other.matches[n];
    ngrams[n] += other.ngrams[n];
  }
  hypothesis_length += other.hypothesis_length;
  reference_length += other.reference_length;
  return *this;
}

BleuCounts bleu_counts(const Sentence& hypothesis, const References& references) {
  BleuCounts counts;
  const std::size_t length = hypothesis.size();
  counts.hypothesis_length = length;
  counts.reference_length = closest_length(length, references);
  for (std::size_t n = 1; n <= 4; ++n) {
    counts.matches[n - 1] = clipped_matches(hypothesis, references, n);
    counts.ngrams[n - 1] = length >= n ? length - n + 1 : 0;
  }
  return counts;
}

Bleu corpus_bleu(std::span<const Sentence> hypotheses, std::span<const References> references) {
  require_references("corpus_bleu", hypotheses, references);
  BleuCounts all;
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    all += bleu_counts(hypotheses[i], references[i]);

  constexpr double tiny = 1e-15, small = 1e-9; // pycocoevalcap's, against a division by zero
  Bleu bleu;
  bleu.hypothesis_length = all.hypothesis_length;
  bleu.reference_length = all.reference_length;
  std::array<double, 4> precision{};
  for (std::size_t n = 0; n < 4; ++n) {
    const auto matched = static_cast<double>(all.matches[n]);
    const auto total = static_cast<double>(all.ngrams[n]);
    bleu.precision[n] = total == 0 ? 0 : matched / total;
    precision[n] = (matched + tiny) / (total + small);
  }
  bleu.brevity_penalty = brevity_penalty(static_cast<double>(bleu.hypothesis_length) + tiny,
                                         static_cast<double>(bleu.reference_length) + small);
  bleu.score = bleu_scores(precision, bleu.brevity_penalty);
  return bleu;
}

} // namespace tapestry
