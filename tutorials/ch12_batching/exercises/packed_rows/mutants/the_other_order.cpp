// You want the batch's number of packed sequence i: that is sorted_indices[i]. unsorted_indices answers the opposite question.
template <class Move>
void each_row(const PackedLayout& layout, std::size_t steps, bool batch_first, Move move) {
  const std::size_t batch = layout.batch();
  for (std::size_t t = 0; t < layout.steps(); ++t)
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i) {
      const auto b = static_cast<std::size_t>(layout.unsorted_indices.data()[i]);
      move(layout.begins[t] + i, batch_first ? b * steps + t : t * batch + b);
    }
}
