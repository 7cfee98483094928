// Here the reset gate stands before the product: (r h) W^T and not r (h W^T), which is PyTorch's form.
Var cho_gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
                 const Operand& b_ih, const Operand& b_hh) {
  const Var from_input = affine(x, w_ih, b_ih);
  check_gru_gates("cho_gru_cell", from_input, h);
  const std::size_t n = h.shape()[1];
  const auto columns = [n](const Operand& of, std::size_t begin, std::size_t end) {
    return slice(of, -1, begin * n, end * n);
  };
  const auto part = [&](const Operand& b, std::size_t begin, std::size_t end) {
    return b.rank() == 0 ? Var(b) : slice(b, 0, begin * n, end * n);
  };
  const Var gates = affine(h, slice(w_hh, 0, 0, 2 * n), part(b_hh, 0, 2));
  const Var reset = sigmoid(columns(from_input, 0, 1) + columns(gates, 0, 1));
  const Var keep = sigmoid(columns(from_input, 1, 2) + columns(gates, 1, 2));
  const Var from_state = reset * affine(h, slice(w_hh, 0, 2 * n, 3 * n), part(b_hh, 2, 3));
  const Var proposal = tanh(columns(from_input, 2, 3) + from_state);
  return proposal + keep * (h - proposal);
}
