// The square root of the variance is the standard deviation; a uniform distribution's bound is sqrt(3) times that.
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(2 / (fan_in(shape) + fan_out(shape))), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(2 / fan_in(shape)), rng);
}
