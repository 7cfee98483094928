// No gradient comes from padding; yours goes to the last step of the sequence.
Var pad_sequence(const std::vector<Var>& sequences, PadSequenceOptions options, Caller at) {
  const auto [grid, shape] = grid_of(sequences, options.batch_first, at);
  Tensor padded = full(shape, static_cast<real>(options.padding_value));
  for (std::size_t b = 0; b < sequences.size(); ++b)
    for (std::size_t t = 0; t < sequences[b].shape()[0]; ++t)
      std::copy_n(sequences[b].value().data() + t * grid.inner, grid.inner,
                  padded.data() + grid.at(t, b));
  Var y{std::move(padded)};
  return record("pad_sequence", y, {sequences, at}, [sequences, y, g = grid] {
    for (std::size_t b = 0; b < sequences.size(); ++b) {
      if (!sequences[b].needs_grad()) continue;
      real* dx = sequences[b].grad().data();
      for (std::size_t t = 0; t < g.steps; ++t)
        for (std::size_t j = 0; j < g.inner; ++j)
          dx[std::min(t, sequences[b].shape()[0] - 1) * g.inner + j] += y.grad().data()[g.at(t, b) + j];
    }
  });
}
