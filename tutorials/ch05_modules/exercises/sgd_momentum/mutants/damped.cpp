// v = m v + g, as in PyTorch: the gradient is not damped by 1 - m.
void SGD::step() {
  ++steps_;
  const real rate = static_cast<real>(lr), decay = static_cast<real>(options_.weight_decay);
  const real m = static_cast<real>(options_.momentum);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& p = parameters_[i];
    if (!p.has_grad()) continue;
    real* w = p.value().data();
    const real* gradient = p.grad().data();
    real* velocity = m != 0 ? slots("momentum")[i].data() : nullptr;
    for (std::size_t j = 0; j < p.value().size(); ++j) {
      real g = gradient[j] + decay * w[j];
      if (velocity) {
        velocity[j] = m * velocity[j] + (1 - m) * g;
        g = options_.nesterov ? g + m * velocity[j] : velocity[j];
      }
      w[j] -= rate * g;
    }
  }
}
