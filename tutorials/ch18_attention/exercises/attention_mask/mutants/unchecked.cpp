// A sentence that is longer than the memory, or has no word, cannot be masked: check_lengths refuses it, and yours does not.
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  (void)at;
  Indices mask = Indices::from_shape({lengths.size(), places});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < places; ++j) mask(b, j) = static_cast<int>(j) < lengths[b];
  return mask;
}
