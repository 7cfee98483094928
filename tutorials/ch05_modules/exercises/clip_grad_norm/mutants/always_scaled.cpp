// Only a gradient that is too long is scaled; yours makes short ones longer.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double squares = 0;
  for (const Parameter& p : parameters)
    if (p.has_grad())
      for (real g : p.grad().storage()) squares += static_cast<double>(g) * static_cast<double>(g);
  const double norm = std::sqrt(squares);
  const double scale = max_norm / (norm + 1e-6);
    for (const Parameter& p : parameters)
      if (p.has_grad())
        for (real& g : p.grad().storage()) g *= static_cast<real>(scale);
  return norm;
}
