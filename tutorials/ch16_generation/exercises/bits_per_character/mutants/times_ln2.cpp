// A nat is more than a bit, 1.44 of them: divide by ln 2, do not multiply.
double bits_per_character(double nats, std::size_t characters) {
  if (!(nats >= 0) || characters == 0)
    throw std::invalid_argument("bits_per_character: expected nats from 0 and characters");
  return nats * std::numbers::ln2 / static_cast<double>(characters);
}
