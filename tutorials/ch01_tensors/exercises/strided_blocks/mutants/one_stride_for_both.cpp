// Each tensor has its own distance between blocks, n * inner with its own n; yours uses one for both.
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b{1, shape[axis], 1};
  for (std::size_t i = 0; i < axis; ++i) b.outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.inner *= shape[i];
  return b;
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  const std::size_t n = std::min(to_n, from_n);
  for (std::size_t o = 0; o < b.outer; ++o) run(o * n * b.inner, o * n * b.inner, rows * b.inner);
}
