// The step is divided by the root of the mean square, not by the mean square.
void Adam::update(Stepped& p, std::size_t first, std::size_t last) const {
  const double t = static_cast<double>(p.steps), decay = p.weight_decay;
  const real b1 = static_cast<real>(options_.beta1), b2 = static_cast<real>(options_.beta2);
  const real rest1 = static_cast<real>(1 - options_.beta1);
  const real rest2 = static_cast<real>(1 - options_.beta2);
  const real rate = static_cast<real>(p.rate / (1 - std::pow(options_.beta1, t)));
  const double bias2 = 1 / std::sqrt(1 - std::pow(options_.beta2, t));
  const real root = static_cast<real>(bias2);
  const real eps = static_cast<real>(options_.eps * (p.by_rows ? bias2 : 1));
  const real to_gradient = static_cast<real>(decoupled_ ? 0 : decay);
  const real shrink = static_cast<real>(decoupled_ ? 1 - p.rate * decay : 1);
  real* mean = p.memory[0].data();
  real* square = p.memory[1].data();
  real* largest = options_.amsgrad ? p.memory[2].data() : nullptr;
  for (std::size_t j = first; j < last; ++j) {
    const real g = p.gradient[j] + to_gradient * p.w[j];
    mean[j] = b1 * mean[j] + rest1 * g;
    square[j] = b2 * square[j] + rest2 * g * g;
    real under = square[j];
    if (largest) under = largest[j] = std::max(largest[j], under);
    p.w[j] = shrink * p.w[j] - rate * mean[j] / (under * root * root + eps);
  }
}
