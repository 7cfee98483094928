// Words become unknown in training only; here they do whenever the model is asked.
Var SentimentModel::operator()(const std::vector<std::vector<int>>& sentences, Rng& rng) const {
  std::vector<std::vector<int>> kept = sentences;
  Lengths lengths;
  for (std::vector<int>& words : kept) {
    if (words.empty()) throw std::invalid_argument("SentimentModel: a sentence without words");
    lengths.push_back(static_cast<int>(words.size()));
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
    summary = max_valid(padded, lengths);
  }
  return to_classes_(dropped(summary));
}
