// Step T - 1 is the longest sequence's last; the others end before it, at lengths[b] - 1.
Var last_valid(const Operand& x, const Lengths& lengths) {
  check("last_valid", x, lengths);
  return select(x, 0, x.shape()[0] - 1);
}
