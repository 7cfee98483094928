// The step is divided by the root of the mean square, not by the mean square.
void Adam::step() {
  ++steps_;
  const double t = static_cast<double>(steps_), decay = options_.weight_decay;
  const real b1 = static_cast<real>(options_.beta1), b2 = static_cast<real>(options_.beta2);
  const real rate = static_cast<real>(lr / (1 - std::pow(options_.beta1, t)));
  const real bias2 = static_cast<real>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  const real eps = static_cast<real>(options_.eps);
  const real to_gradient = static_cast<real>(decoupled_ ? 0 : decay);
  const real shrink = static_cast<real>(decoupled_ ? 1 - lr * decay : 1);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& p = parameters_[i];
    if (!p.has_grad()) continue;
    real* w = p.value().data();
    const real* gradient = p.grad().data();
    real* mean = slots("mean")[i].data();
    real* square = slots("square")[i].data();
    for (std::size_t j = 0; j < p.value().size(); ++j) {
      const real g = gradient[j] + to_gradient * w[j];
      mean[j] = b1 * mean[j] + (1 - b1) * g;
      square[j] = b2 * square[j] + (1 - b2) * g * g;
      w[j] = shrink * w[j] - rate * mean[j] / (square[j] * bias2 * bias2 + eps);
    }
  }
}
