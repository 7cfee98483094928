// This is the product of the vectors, not their cosine: divide by both lengths, or long captions win.
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

double similarity(const TfIdf& hypothesis, const TfIdf& reference, bool clipped) {
  double product = 0, hypothesis_square = 0, reference_square = 0;
  for (const auto& [ngram, weight] : hypothesis) {
    hypothesis_square += weight * weight;
    if (const auto found = reference.find(ngram); found != reference.end())
      product += (clipped ? std::min(weight, found->second) : weight) * found->second;
  }
  for (const auto& [ngram, weight] : reference) reference_square += weight * weight;
  if (hypothesis_square == 0 || reference_square == 0) return 0;
  return product;
}

double length_penalty(std::size_t hypothesis, std::size_t reference, double sigma) {
  const double difference = static_cast<double>(hypothesis) - static_cast<double>(reference);
  return std::exp(-difference * difference / (2 * sigma * sigma));
}
