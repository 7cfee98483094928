// What is scored is dropped too: lstm_'s own dropout, and the one before it, leave the top layer's output whole.
Tagger::Scores Tagger::operator()(const TaggerBatch& batch, Rng& rng) const {
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  const Var read = concatenate({embed_(batch.words.data), speller_(batch.spelt)}, 1);
  const Var shown = lstm_(batch.words.with(dropped(read)), rng).output.data;
  return {to_tags_(shown), vocabulary_.fine.empty() ? Var{} : to_fine_(shown)};
}

Var Tagger::loss(const TaggerBatch& batch, Rng& rng) const {
  const auto [tags, fine] = (*this)(batch, rng);
  const Var loss = cross_entropy(tags, batch.tags);
  if (vocabulary_.fine.empty() || options_.fine_share == 0) return loss;
  return (1 - options_.fine_share) * loss + options_.fine_share * cross_entropy(fine, batch.fine);
}
