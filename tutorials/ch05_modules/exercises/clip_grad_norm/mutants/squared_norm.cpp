// The norm is the root of the sum of squares; yours is the sum itself.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double squares = 0;
  for (const Parameter& p : parameters)
    if (p.has_grad())
      for (real g : p.grad().storage()) squares += static_cast<double>(g) * static_cast<double>(g);
  const double norm = squares;
  const double scale = max_norm / (norm + 1e-6);
  if (scale < 1)
    for (const Parameter& p : parameters)
      if (p.has_grad())
        for (real& g : p.grad().storage()) g *= static_cast<real>(scale);
  return norm;
}
