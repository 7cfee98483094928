// The quotient is upside down: exp(1 - references / hypotheses), which is below 1 where the hypotheses are shorter.
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

double brevity_penalty(double hypotheses, double references) {
  return hypotheses < references ? std::exp(1 - hypotheses / references) : 1;
}

std::array<double, 4> bleu_scores(const std::array<double, 4>& precision, double penalty) {
  std::array<double, 4> score{};
  double product = 1;
  for (std::size_t n = 1; n <= 4; ++n) {
    product *= precision[n - 1];
    score[n - 1] = penalty * std::pow(product, 1 / static_cast<double>(n));
  }
  return score;
}
