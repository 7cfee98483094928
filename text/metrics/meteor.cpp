#include "text/metrics/meteor.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "text/metrics/word_alignment.hpp"

namespace tapestry {

namespace {

/// What a sentence, or a corpus, is judged by. Entry 0 of a pair is the hypothesis, 1 the
/// reference.
struct MeteorCounts {
  std::array<double, 2> words{}, weight{};           // of all words; a weight is delta or 1 - delta
  std::array<double, 2> matched{}, matched_weight{}; // of those that are matched
  double chunks = 0;

  bool whole() const { return matched == words && chunks == 1; }
};

MeteorCounts meteor_counts(const Sentence& hypothesis, const Sentence& reference,
                           const MeteorOptions& options) {
  const auto weight = [&](const std::string& word) {
    return options.function_words.contains(word) ? 1 - options.delta : options.delta;
  };
  MeteorCounts counts;
  for (const std::string& word : hypothesis) counts.weight[0] += weight(word);
  for (const std::string& word : reference) counts.weight[1] += weight(word);
  counts.words = {static_cast<double>(hypothesis.size()), static_cast<double>(reference.size())};
  const WordAlignment alignment = align_words(hypothesis, reference);
  for (std::size_t j = 0; j < alignment.size(); ++j) {
    if (!alignment[j]) continue;
    const double worth = alignment[j]->by_stem ? options.stem_weight : 1;
    counts.matched_weight[0] += worth * weight(hypothesis[alignment[j]->hypothesis]);
    counts.matched_weight[1] += worth * weight(reference[j]);
    for (double& matched : counts.matched) ++matched;
  }
  counts.chunks = static_cast<double>(count_chunks(alignment));
  return counts;
}

double meteor_score(const MeteorCounts& c, const MeteorOptions& options) {
  if (c.matched[0] == 0) return 0;
  const double precision = c.matched_weight[0] / c.weight[0];
  const double recall = c.matched_weight[1] / c.weight[1];
  const double mean = 1 / ((1 - options.alpha) / precision + options.alpha / recall);
  // As many chunks as matches are as scattered as can be; all words in one chunk not at all.
  const double fragmentation = c.whole() ? 0 : c.chunks / c.matched[0];
  const double score = mean * (1 - options.gamma * std::pow(fragmentation, options.beta));
  return std::isnan(score) ? 0 : std::max(score, 0.0);
}

void add_counts(MeteorCounts& sum, const MeteorCounts& c) {
  for (std::size_t side = 0; side < 2; ++side) {
    sum.words[side] += c.words[side];
    sum.weight[side] += c.weight[side];
    sum.matched[side] += c.matched[side];
    sum.matched_weight[side] += c.matched_weight[side];
  }
  if (!c.whole()) sum.chunks += c.chunks; // a sentence that is all right has no fragments
}

} // namespace

Meteor meteor_exact_and_stem(std::span<const Sentence> hypotheses,
                             std::span<const References> references, const MeteorOptions& options) {
  require_references("meteor", hypotheses, references);
  Meteor meteor;
  MeteorCounts corpus;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    double best = -1;
    MeteorCounts best_counts;
    for (const Sentence& reference : references[i]) {
      const MeteorCounts counts = meteor_counts(hypotheses[i], reference, options);
      if (const double score = meteor_score(counts, options); score > best) {
        best = score;
        best_counts = counts;
      }
    }
    meteor.of_picture.push_back(best);
    add_counts(corpus, best_counts);
  }
  meteor.score = meteor_score(corpus, options);
  return meteor;
}

const std::set<std::string>& english_function_words() {
  static const std::set<std::string> words{
      "the", "and",   "of",    "to",    "a",      "in",    "i",      "that",  "he",   "it",
      "was", "his",   "with",  "you",   "had",    "for",   "as",     "not",   "her",  "is",
      "but", "be",    "she",   "at",    "on",     "they",  "him",    "have",  "by",   "which",
      "all", "this",  "my",    "from",  "me",     "so",    "were",   "there", "no",   "would",
      "we",  "what",  "or",    "their", "an",     "them",  "if",     "when",  "are",  "been",
      "up",  "who",   "out",   "will",  "then",   "could", "do",     "now",   "more", "into",
      "did", "some",  "about", "your",  "its",    "than",  "upon",   "other", "any",  "over",
      "can", "down",  "how",   "our",   "should", "must",  "before", "these", "has",  "such",
      "us",  "after", "never", "where", "again",  "too",   "'s"};
  return words;
}

} // namespace tapestry
