// NaN must stay, or a broken model looks sound: yours takes the other entry, for no > holds.
Var maxout(const Operand& x) {
  if (x.rank() < 1 || x.shape().back() == 0 || x.shape().back() % 2 != 0)
    shape_error("maxout", {x}, "expected (..., 2K): pairs of entries");
  Tensor out = Tensor::from_shape(with_last(x.shape(), x.shape().back() / 2));
  const std::size_t n = out.size();
  const real* from = x.value().data();
  for (std::size_t k = 0; k < n; ++k) out.data()[k] = std::max(from[2 * k], from[2 * k + 1]);
  note_branches(n, [&](std::size_t k) { return from[2 * k] > from[2 * k + 1]; });
  Var y{std::move(out)};
  return record("maxout", y, {x}, [x, y, n] {
    const real *from = x.value().data(), *dy = y.grad().data();
    real* dx = x.grad().data();
    for (std::size_t k = 0; k < n; ++k) {
      const real a = from[2 * k], b = from[2 * k + 1];
      const real share = a > b ? 1 : a < b ? 0 : 0.5;
      dx[2 * k] += share * dy[k];
      dx[2 * k + 1] += (1 - share) * dy[k];
    }
  });
}
