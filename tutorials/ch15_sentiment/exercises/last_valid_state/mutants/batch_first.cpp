// In (T, B, ...) a row is a step: step t of sequence b is row t * B + b, not b * T + t.
Var last_valid(const Operand& x, const Lengths& lengths) {
  check("last_valid", x, lengths);
  const int steps = static_cast<int>(x.shape()[0]);
  std::vector<int> rows;
  for (std::size_t b = 0; b < lengths.size(); ++b)
    rows.push_back(static_cast<int>(b) * steps + lengths[b] - 1);
  Shape flat(x.shape().begin() + 1, x.shape().end());
  flat[0] = x.shape()[0] * x.shape()[1];
  return index_select(reshape(x, flat), 0, ids_from(rows));
}
