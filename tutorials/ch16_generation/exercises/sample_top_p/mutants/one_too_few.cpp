// The entry with which the sum reaches top_p is kept as well: without it the sum is below top_p.
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p) {
  std::vector<double> kept(probabilities.size(), 0.0);
  double sum = 0;
  for (const std::size_t i : likeliest_first(probabilities)) {
    if (sum > 0 && sum + probabilities[i] >= top_p && top_p < 1) break;
    kept[i] = probabilities[i];
    sum += probabilities[i];
  }
  for (double& p : kept) p /= sum;
  return kept;
}
