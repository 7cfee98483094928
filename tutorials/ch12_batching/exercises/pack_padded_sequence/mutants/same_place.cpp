// A row's gradient goes back to the place that it came from; yours goes to the row of the same number.
  Tensor rows = Tensor::from_shape(sizes.packed);
  each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
    std::copy_n(x.value().data() + place * inner, inner, rows.data() + row * inner);
  });
  Var y{std::move(rows)};
  record(op, y, {x}, [x, y, layout, steps, inner, batch_first] {
    real* dx = x.grad().data();
    const real* dy = y.grad().data();
    each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
      for (std::size_t j = 0; j < inner; ++j) dx[row * inner + j] += dy[row * inner + j];
    });
  });
  return {y, layout};
