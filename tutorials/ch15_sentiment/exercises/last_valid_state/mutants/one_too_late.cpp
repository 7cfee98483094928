// A sequence of n steps has the steps 0 to n - 1: step n is padding.
Var last_valid(const Operand& x, const Lengths& lengths) {
  check("last_valid", x, lengths);
  const int steps = static_cast<int>(x.shape()[0]), batch = static_cast<int>(x.shape()[1]);
  std::vector<int> rows;
  for (int b = 0; b < batch; ++b)
    rows.push_back(std::min(lengths[static_cast<std::size_t>(b)], steps - 1) * batch + b);
  Shape flat(x.shape().begin() + 1, x.shape().end());
  flat[0] = x.shape()[0] * x.shape()[1];
  return index_select(reshape(x, flat), 0, ids_from(rows));
}
