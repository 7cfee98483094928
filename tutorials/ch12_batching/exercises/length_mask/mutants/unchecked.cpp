// A length beyond the block, or of 0, is a mistake of the caller: check_lengths says so.
Tensor length_mask(const Lengths& lengths, std::size_t steps, bool batch_first, Caller) {
  Tensor mask = zeros(batch_first ? Shape{lengths.size(), steps} : Shape{steps, lengths.size()});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t t = 0; t < steps && t < static_cast<std::size_t>(lengths[b]); ++t)
      (batch_first ? mask(b, t) : mask(t, b)) = 1;
  return mask;
}
