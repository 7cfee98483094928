// Padding is 0, and larger than whatever is negative throughout the sentence: take the maximum over valid steps.
Var SentimentModel::operator()(const std::vector<std::vector<int>>& sentences, Rng& rng) const {
  std::vector<std::vector<int>> kept = sentences;
  Lengths lengths;
  for (std::vector<int>& words : kept) {
    if (words.empty()) throw std::invalid_argument("SentimentModel: a sentence without words");
    lengths.push_back(static_cast<int>(words.size()));
    if (training())
      for (int& id : words)
        if (rng.chance(options_.word_dropout)) id = Vocabulary::unk_id;
  }
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  const PackedIndices packed = pack_padded_sequence(stack_padded(kept, Vocabulary::pad_id), lengths,
                                                    {.enforce_sorted = false});
  const auto [output, state] = lstm_(packed.with(dropped(embed_(packed.data))));
  const Var padded = pad_packed_sequence(output).output;
  Var summary;
  if (options_.summary == Summary::last) {
    summary = select(state.h, 0, 0);
    if (options_.bidirectional) summary = concatenate({summary, select(state.h, 0, 1)}, 1);
  } else if (options_.summary == Summary::mean) {
    summary = mean_valid(padded, lengths);
  } else {
    summary = max_valid(padded, Lengths(lengths.size(), static_cast<int>(padded.shape()[0])));
  }
  return to_classes_(dropped(summary));
}
