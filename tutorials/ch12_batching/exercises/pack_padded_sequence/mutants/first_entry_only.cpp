// A row has `inner` entries; yours moves the first.
  Tensor rows = Tensor::from_shape(sizes.packed);
  each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
    std::fill_n(rows.data() + row * inner, inner, x.value().data()[place * inner]);
  });
  Var y{std::move(rows)};
  record(op, y, {x}, [x, y, layout, steps, inner, batch_first] {
    real* dx = x.grad().data();
    const real* dy = y.grad().data();
    each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
      for (std::size_t j = 0; j < inner; ++j) dx[place * inner + j] += dy[row * inner + j];
    });
  });
  return {y, layout};
