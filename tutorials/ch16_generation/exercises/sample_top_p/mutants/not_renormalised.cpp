// What is left sums to less than 1: divide by the sum of what is kept.
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p) {
  std::vector<double> kept(probabilities.size(), 0.0);
  double sum = 0;
  for (const std::size_t i : likeliest_first(probabilities)) {
    kept[i] = probabilities[i];
    sum += probabilities[i];
    if (sum >= top_p) break;
  }
  return kept;
}
