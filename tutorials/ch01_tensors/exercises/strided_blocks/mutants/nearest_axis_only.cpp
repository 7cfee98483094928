// All axes in front count the blocks, and all behind the neighbours: yours takes the nearest axis alone.
Blocks blocks(const Shape& shape, std::size_t axis) {
  return {axis == 0 ? 1 : shape[axis - 1], shape[axis],
          axis + 1 == shape.size() ? 1 : shape[axis + 1]};
}

template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  for (std::size_t o = 0; o < b.outer; ++o)
    run(o * to_n * b.inner, o * from_n * b.inner, rows * b.inner);
}
