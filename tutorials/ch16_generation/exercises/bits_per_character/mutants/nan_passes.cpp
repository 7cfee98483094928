// A comparison with NaN is false, so nats < 0 lets NaN pass; !(nats >= 0) does not.
double bits_per_character(double nats, std::size_t characters) {
  if (nats < 0 || characters == 0)
    throw std::invalid_argument("bits_per_character: expected nats from 0 and characters");
  return nats / std::numbers::ln2 / static_cast<double>(characters);
}
