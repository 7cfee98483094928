// Xavier is a compromise between forward and backward: fan_in + fan_out, not fan_in alone.
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(3 / fan_in(shape)), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / fan_in(shape)), rng);
}
