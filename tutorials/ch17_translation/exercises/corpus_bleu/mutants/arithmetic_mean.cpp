// The mean is the geometric one: the root of the product, so that one bad precision spoils it. Yours is the sum divided by their number.
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
    logs += bleu.precision[n];
  }
  if (orders.size() < 4 && !options.effective_order) return;
  bleu.score = bleu.brevity_penalty * logs / static_cast<double>(orders.size());
}
