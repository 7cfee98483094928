// A row is `inner` entries long: offsets and counts in rows must be multiplied by it.
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b{1, shape[axis], 1};
  for (std::size_t i = 0; i < axis; ++i) b.outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.inner *= shape[i];
  return b;
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  for (std::size_t o = 0; o < b.outer; ++o)
    for (std::size_t i = 0; i < b.inner; ++i) run(o * to_n + i, o * from_n + i, rows);
}
