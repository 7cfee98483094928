// The last of n steps is number n - 1.
  // Row t of a sequence of n rows comes from its row n - 1 - t; padding stays.
  const auto source = [lengths, batch](std::size_t row) {
    const std::size_t t = row / batch, b = row % batch;
    const auto n = static_cast<std::size_t>(lengths[b]);
    return (t > 0 && t < n ? n - t : t) * batch + b;
  };
  Tensor reversed = Tensor::from_shape(x.shape());
  for (std::size_t row = 0; row < rows; ++row)
    std::copy_n(x.value().data() + source(row) * inner, inner, reversed.data() + row * inner);
  Var y{std::move(reversed)};
  return record(op, y, {x}, [x, y, source, rows, inner] {
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t j = 0; j < inner; ++j)
        x.grad().data()[source(row) * inner + j] += y.grad().data()[row * inner + j];
  });
