// There is a block for every combination of the axes in front; yours stops after the first.
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b{1, shape[axis], 1};
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.inner *= shape[i];
  return b;
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  for (std::size_t o = 0; o < b.outer; ++o)
    run(o * to_n * b.inner, o * from_n * b.inner, rows * b.inner);
}
