// Sizes that differ, and of which neither is 1, do not broadcast: they must end in shape_error.
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b) {
  const Shape &s = a.shape(), &t = b.shape();
  Shape result(std::max(s.size(), t.size()), 1);
  for (std::size_t i = 1; i <= result.size(); ++i) {
    const std::size_t m = i <= s.size() ? s[s.size() - i] : 1;
    const std::size_t n = i <= t.size() ? t[t.size() - i] : 1;
    result[result.size() - i] = m == 1 ? n : m;
  }
  return result;
}
