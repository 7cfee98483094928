// Places are counted from 0: a sentence of length n ends with place n - 1. Yours lets one place of padding in.
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  check_lengths("attention_mask", lengths, places, lengths.size(), at);
  Indices mask = Indices::from_shape({lengths.size(), places});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < places; ++j) mask(b, j) = static_cast<int>(j) <= lengths[b];
  return mask;
}
