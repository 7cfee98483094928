// The bound goes with the square root of 1 / fan: it is the variance that goes with 1 / fan.
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, 6 / (fan_in(shape) + fan_out(shape)), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, 6 / fan_in(shape), rng);
}
