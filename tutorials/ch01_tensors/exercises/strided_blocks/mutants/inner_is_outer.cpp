// The axes before the one in question count the blocks; those behind it, the neighbours. Yours are exchanged.
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b{1, shape[axis], 1};
  for (std::size_t i = 0; i < axis; ++i) b.inner *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.outer *= shape[i];
  return b;
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  for (std::size_t o = 0; o < b.outer; ++o)
    run(o * to_n * b.inner, o * from_n * b.inner, rows * b.inner);
}
