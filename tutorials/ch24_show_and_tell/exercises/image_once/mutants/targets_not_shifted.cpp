// The LSTM is asked for the word that it has just read. The target at <start> is the first word, and at the last word it is <end>: one step further on.
Var ShowAndTell::loss(const Operand& vectors, const Indices& picture_of, const Indices& captions,
                      Rng& rng, double label_smoothing) {
  const std::size_t n = captions.shape()[1];
  Lengths lengths = caption_lengths(captions);
  const PackedIndices tokens = pack_padded_sequence(captions, lengths, {.enforce_sorted = false});
  for (int& length : lengths) --length; // nothing comes after <end>
  const PackedIndices read = pack_padded_sequence(rows(captions, 0, captions.shape()[0] - 1),
                                                  lengths, {.enforce_sorted = false});

  const Var seen = embedding(enter(vectors), sorted_pictures(picture_of, *tokens.layout)); // (N, E)
  Var words = embed_(read.data); // (M, E), <start> to the last word
  if (options_.every_step) words = words + embedding(seen, read.layout->sequences());

  // The picture stands where `tokens` has <start>: one step before what is read.
  const Var inputs = dropout_(concatenate({seen, words}), rng); // (N + M, E)
  const Var shown = lstm_(tokens.with(inputs)).output.data;
  const std::size_t end = n + words.shape()[0];
  return linear_cross_entropy(dropout_(slice(shown, 0, n, end), rng), to_words_.weight,
                              to_words_.bias, read.data, {.label_smoothing = label_smoothing});
}
