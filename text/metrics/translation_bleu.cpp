#include "text/metrics/translation_bleu.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "text/metrics/translation_tokens.hpp"

namespace tapestry {

namespace {

double smooth_value(const TranslationBleuOptions& options) {
  return options.smooth_value.value_or(options.smoothing == BleuSmoothing::floor ? 0.1 : 1);
}

Sentence words_of(const std::string& line, const TranslationBleuOptions& options) {
  const std::string text = options.lower_case ? lowered(line) : line;
  return options.tokenized ? split_spaces(text) : tokens_13a(text);
}

std::string smoothing_name(const TranslationBleuOptions& options) {
  switch (options.smoothing) {
  case BleuSmoothing::none:
    return "none";
  case BleuSmoothing::floor:
    return fmt::format("floor[{:.2f}]", smooth_value(options));
  case BleuSmoothing::add_k:
    return fmt::format("add-k[{:.2f}]", smooth_value(options));
  case BleuSmoothing::exp:
    break;
  }
  return "exp";
}

/// The n-grams of one order, as the precision counts them.
struct OrderCounts {
  double matches, ngrams;
};

/// The counts after smoothing, from order 1 on; fewer than four if all hypotheses are too short.
std::vector<OrderCounts> smoothed_orders(const BleuCounts& counts,
                                         const TranslationBleuOptions& options) {
  const double value = smooth_value(options);
  double share = 1; // of a match, by exp
  std::vector<OrderCounts> orders;
  for (std::size_t n = 0; n < 4; ++n) {
    const double added = options.smoothing == BleuSmoothing::add_k && n > 0 ? value : 0;
    double matches = static_cast<double>(counts.matches[n]) + added;
    const double ngrams = static_cast<double>(counts.ngrams[n]) + added;
    if (ngrams == 0) break;
    if (matches == 0 && options.smoothing == BleuSmoothing::exp) matches = share /= 2;
    if (matches == 0 && options.smoothing == BleuSmoothing::floor) matches = value;
    orders.push_back({matches, ngrams});
  }
  return orders;
}

//> corpus-bleu
/// Counts are summed over the corpus before anything is divided.
BleuCounts counts_of(std::span<const Sentence> hypotheses, std::span<const References> references) {
  BleuCounts all;
  for (std::size_t i = 0; i < hypotheses.size(); ++i)
    all += bleu_counts(hypotheses[i], references[i]);
  return all;
}

/// The geometric mean of the precisions of orders 1 to 4, times the penalty for brevity.
void set_score(TranslationBleu& bleu, const TranslationBleuOptions& options) {
  const auto said = static_cast<double>(bleu.counts.hypothesis_length);
  const auto wanted = static_cast<double>(bleu.counts.reference_length);
  if (said < wanted) bleu.brevity_penalty = std::exp(1 - wanted / said);
  if (bleu.counts.matches[0] == 0) return; // without a word in common, nothing is

  const std::vector<OrderCounts> orders = smoothed_orders(bleu.counts, options);
  double logs = 0;
  for (std::size_t n = 0; n < orders.size(); ++n) {
    bleu.precision[n] = 100 * orders[n].matches / orders[n].ngrams;
    logs += std::log(bleu.precision[n]); // of 0: -inf, and the score is 0
  }
  if (orders.size() < 4 && !options.effective_order) return;
  bleu.score = bleu.brevity_penalty * std::exp(logs / static_cast<double>(orders.size()));
}
//< corpus-bleu

} // namespace

TranslationBleu translation_bleu(std::span<const std::string> hypotheses,
                                 std::span<const std::vector<std::string>> references,
                                 const TranslationBleuOptions& options) {
  require_references("translation_bleu", hypotheses, references);
  if (!(smooth_value(options) >= 0))
    throw std::invalid_argument(fmt::format("translation_bleu: smooth_value {}; expected 0 or more",
                                            smooth_value(options)));
  std::vector<Sentence> said;
  std::vector<References> right;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    said.push_back(words_of(hypotheses[i], options));
    right.emplace_back();
    for (const std::string& reference : references[i])
      right.back().push_back(words_of(reference, options));
  }
  TranslationBleu bleu;
  bleu.counts = counts_of(said, right);
  set_score(bleu, options);
  bleu.signature = fmt::format(
      "{}|case:{}|eff:{}|tok:{}|smooth:{}|version:2.x", references_signature(references),
      options.lower_case ? "lc" : "mixed", options.effective_order ? "yes" : "no",
      options.tokenized ? "none" : "13a", smoothing_name(options));
  return bleu;
}

} // namespace tapestry
