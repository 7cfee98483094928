// Shapes are aligned at their last axis, flush right; yours are aligned at the first.
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b) {
  const Shape &s = a.shape(), &t = b.shape();
  Shape result(std::max(s.size(), t.size()), 1);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t m = i < s.size() ? s[i] : 1;
    const std::size_t n = i < t.size() ? t[i] : 1;
    if (m != n && m != 1 && n != 1)
      shape_error(op, {a, b}, fmt::format("sizes {} and {} on axis {} do not broadcast", m, n, i));
    result[i] = m == 1 ? n : m;
  }
  return result;
}
