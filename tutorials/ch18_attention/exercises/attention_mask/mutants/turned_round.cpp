// 1 stands where the sentence has a word. Yours marks the padding, as PyTorch's key_padding_mask does.
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  check_lengths("attention_mask", lengths, places, lengths.size(), at);
  Indices mask = Indices::from_shape({lengths.size(), places});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < places; ++j) mask(b, j) = static_cast<int>(j) >= lengths[b];
  return mask;
}
