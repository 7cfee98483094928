// The pairs are neighbours, x[2k] and x[2k+1]; yours compares the two halves of a row.
Var maxout(const Operand& x) {
  if (x.rank() < 1 || x.shape().back() == 0 || x.shape().back() % 2 != 0)
    shape_error("maxout", {x}, "expected (..., 2K): pairs of entries");
  Tensor out = Tensor::from_shape(with_last(x.shape(), x.shape().back() / 2));
  const std::size_t n = out.size();
  const real* from = x.value().data();
  const std::size_t half = x.shape().back() / 2;
  const auto first = [half](std::size_t k) { return k / half * 2 * half + k % half; };
  for (std::size_t k = 0; k < n; ++k) {
    const real a = from[first(k)], b = from[first(k) + half];
    out.data()[k] = a > b || a != a ? a : b;
  }
  note_branches(n, [&](std::size_t k) { return from[first(k)] > from[first(k) + half]; });
  Var y{std::move(out)};
  return record("maxout", y, {x}, [x, y, n, half, first] {
    const real *from = x.value().data(), *dy = y.grad().data();
    real* dx = x.grad().data();
    for (std::size_t k = 0; k < n; ++k) {
      const real a = from[first(k)], b = from[first(k) + half];
      const real share = a > b ? 1 : a < b ? 0 : 0.5;
      dx[first(k)] += share * dy[k];
      dx[first(k) + half] += (1 - share) * dy[k];
    }
  });
}
