// These are nats: the logarithm must have base 2. Divide by ln 2.
double bits_per_character(double nats, std::size_t characters) {
  if (!(nats >= 0) || characters == 0)
    throw std::invalid_argument("bits_per_character: expected nats from 0 and characters");
  return nats / static_cast<double>(characters);
}
