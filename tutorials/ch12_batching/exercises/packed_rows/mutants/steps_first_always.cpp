// With batch_first the block is (batch, steps): step t of sequence b is row b * steps + t.
template <class Move>
void each_row(const PackedLayout& layout, std::size_t steps, bool batch_first, Move move) {
  const std::size_t batch = layout.batch();
  for (std::size_t t = 0; t < layout.steps(); ++t)
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i) {
      const auto b = static_cast<std::size_t>(layout.sorted_indices.data()[i]);
      move(layout.begins[t] + i, t * batch + b);
    }
}
