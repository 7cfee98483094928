// The walks go from one sentence into the next, and through packed rows in which no sentence stands in one piece: give lstm_ the layout, batch.words.with(rows).
Tagger::Scores Tagger::operator()(const TaggerBatch& batch, Rng& rng) const {
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  const Var read = dropped(concatenate({embed_(batch.words.data), speller_(batch.spelt)}, 1));
  const std::size_t n = read.shape()[0], width = read.shape()[1];
  const Var seen = lstm_(reshape(read, {n, 1, width}), rng).output;
  const Var shown = dropped(reshape(seen, {n, seen.shape()[2]}));
  return {to_tags_(shown), vocabulary_.fine.empty() ? Var{} : to_fine_(shown)};
}

Var Tagger::loss(const TaggerBatch& batch, Rng& rng) const {
  const auto [tags, fine] = (*this)(batch, rng);
  const Var loss = cross_entropy(tags, batch.tags);
  if (vocabulary_.fine.empty() || options_.fine_share == 0) return loss;
  return (1 - options_.fine_share) * loss + options_.fine_share * cross_entropy(fine, batch.fine);
}
