// The mask is as wide as the memory that it goes with: `places` columns, also where all sentences are shorter.
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  check_lengths("attention_mask", lengths, places, lengths.size(), at);
  int longest = 0;
  for (const int n : lengths) longest = std::max(longest, n);
  const auto width = static_cast<std::size_t>(longest);
  Indices mask = Indices::from_shape({lengths.size(), width});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < width; ++j) mask(b, j) = static_cast<int>(j) < lengths[b];
  return mask;
}
