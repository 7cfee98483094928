// Kaiming keeps the size of values going forward: it looks at fan_in, the inputs of one output.
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / (fan_in(shape) + fan_out(shape))), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / fan_out(shape)), rng);
}
