#include "text/metrics/cider.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

namespace {

using Ngram = std::vector<std::string_view>;
using TfIdf = std::map<Ngram, double>;

/// In how many pictures' references each n-gram occurs: once a picture, however often it is said.
NgramCounts count_pictures(std::span<const References> references, std::size_t n) {
  NgramCounts pictures;
  for (const References& of_picture : references) {
    std::set<Ngram> seen;
    for (const Sentence& reference : of_picture)
      for (const auto& [ngram, count] : count_runs(reference, n)) seen.insert(ngram);
    for (const Ngram& ngram : seen) ++pictures[ngram];
  }
  return pictures;
}

//> cider
/// Each n-gram's count times log(pictures) - log(pictures that have it). One that no reference has
/// is taken for one that a single picture has.
TfIdf tf_idf_vector(const Sentence& sentence, std::size_t n, const NgramCounts& having,
                    std::size_t pictures) {
  TfIdf vector;
  for (const auto& [ngram, count] : count_runs(sentence, n)) {
    const auto found = having.find(ngram);
    const std::size_t having_it = found == having.end() ? 1 : found->second;
    vector[ngram] = static_cast<double>(count) * (std::log(static_cast<double>(pictures)) -
                                                  std::log(static_cast<double>(having_it)));
  }
  return vector;
}

/// The cosine of two vectors; clipped, an entry of the hypothesis counts only up to the
/// reference's. 0 if one of them is all zeros.
double similarity(const TfIdf& hypothesis, const TfIdf& reference, bool clipped) {
  double product = 0, hypothesis_square = 0, reference_square = 0;
  for (const auto& [ngram, weight] : hypothesis) {
    hypothesis_square += weight * weight;
    if (const auto found = reference.find(ngram); found != reference.end())
      product += (clipped ? std::min(weight, found->second) : weight) * found->second;
  }
  for (const auto& [ngram, weight] : reference) reference_square += weight * weight;
  if (hypothesis_square == 0 || reference_square == 0) return 0;
  return product / std::sqrt(hypothesis_square) / std::sqrt(reference_square);
}

/// A Gaussian of the difference in words: 1 for equal lengths, exp(-1/2) for a difference of sigma.
double length_penalty(std::size_t hypothesis, std::size_t reference, double sigma) {
  const double difference = static_cast<double>(hypothesis) - static_cast<double>(reference);
  return std::exp(-difference * difference / (2 * sigma * sigma));
}
//< cider

struct CiderRules {
  const char* name;
  bool clipped;
  double sigma; // in words; infinite for no penalty
};

Cider cider(const CiderRules& rules, std::span<const Sentence> hypotheses,
            std::span<const References> references) {
  require_references(rules.name, hypotheses, references);
  if (hypotheses.empty()) throw std::invalid_argument(fmt::format("{}: no hypotheses", rules.name));
  Cider result;
  result.of_picture.assign(hypotheses.size(), 0);
  for (std::size_t n = 1; n <= 4; ++n) {
    const NgramCounts having = count_pictures(references, n);
    for (std::size_t i = 0; i < hypotheses.size(); ++i) {
      const TfIdf said = tf_idf_vector(hypotheses[i], n, having, hypotheses.size());
      double sum = 0;
      for (const Sentence& reference : references[i])
        sum += similarity(said, tf_idf_vector(reference, n, having, hypotheses.size()),
                          rules.clipped) *
               length_penalty(hypotheses[i].size(), reference.size(), rules.sigma);
      result.of_picture[i] += 10 * sum / static_cast<double>(references[i].size()) / 4;
    }
  }
  for (const double score : result.of_picture)
    result.score += score / static_cast<double>(hypotheses.size());
  return result;
}

} // namespace

Cider cider_d(std::span<const Sentence> hypotheses, std::span<const References> references) {
  return cider({"cider_d", true, 6}, hypotheses, references);
}

Cider cider_plain(std::span<const Sentence> hypotheses, std::span<const References> references) {
  return cider({"cider_plain", false, std::numeric_limits<double>::infinity()}, hypotheses,
               references);
}

} // namespace tapestry
