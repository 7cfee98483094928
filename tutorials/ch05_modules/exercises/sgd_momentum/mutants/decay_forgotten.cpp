// Weight decay adds weight_decay times w to the gradient, before the velocity; yours leaves it out.
void SGD::update(Stepped& p, std::size_t first, std::size_t last) const {
  const real rate = static_cast<real>(p.rate);
  const real m = static_cast<real>(options_.momentum);
  const real share = static_cast<real>(p.steps == 1 ? 1 : 1 - options_.dampening);
  real* velocity = m != 0 ? p.memory[0].data() : nullptr;
  for (std::size_t j = first; j < last; ++j) {
    real g = p.gradient[j];
    if (velocity) {
      velocity[j] = m * velocity[j] + share * g;
      g = options_.nesterov ? g + m * velocity[j] : velocity[j];
    }
    p.w[j] -= rate * g;
  }
}
