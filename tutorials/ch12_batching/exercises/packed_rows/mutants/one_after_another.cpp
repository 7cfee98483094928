// Packed rows lie step by step; yours lie one sentence after another.
template <class Move>
void each_row(const PackedLayout& layout, std::size_t steps, bool batch_first, Move move) {
  const std::size_t batch = layout.batch();
  std::size_t row = 0;
  for (std::size_t i = 0; i < batch; ++i)
    for (std::size_t t = 0; t < layout.length(i); ++t) {
      const auto b = static_cast<std::size_t>(layout.sorted_indices.data()[i]);
      move(row++, batch_first ? b * steps + t : t * batch + b);
    }
}
