// Packed sequence i is number sorted_indices[i] of the batch; yours takes the batch in the order in which it came.
template <class Move>
void each_row(const PackedLayout& layout, std::size_t steps, bool batch_first, Move move) {
  const std::size_t batch = layout.batch();
  for (std::size_t t = 0; t < layout.steps(); ++t)
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i) {
      const auto b = i;
      move(layout.begins[t] + i, batch_first ? b * steps + t : t * batch + b);
    }
}
