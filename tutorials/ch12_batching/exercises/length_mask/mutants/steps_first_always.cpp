// If batch_first, a row is a sequence: the shape is (B, steps).
Tensor length_mask(const Lengths& lengths, std::size_t steps, bool, Caller at) {
  check_lengths("length_mask", lengths, steps, lengths.size(), at);
  Tensor mask = zeros({steps, lengths.size()});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t t = 0; t < static_cast<std::size_t>(lengths[b]); ++t) mask(t, b) = 1;
  return mask;
}
