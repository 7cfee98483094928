// Kaiming is for layers before a ReLU, which lets half of the variance through: 6 / fan_in, not 3.
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / (fan_in(shape) + fan_out(shape))), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(3 / fan_in(shape)), rng);
}
