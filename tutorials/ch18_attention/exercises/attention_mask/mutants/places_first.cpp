// The mask has a row for each sentence, (B, places); yours has a row for each place.
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  check_lengths("attention_mask", lengths, places, lengths.size(), at);
  Indices mask = Indices::from_shape({places, lengths.size()});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < places; ++j) mask(j, b) = static_cast<int>(j) < lengths[b];
  return mask;
}
