// The state's part can have a wrong width as well: check_gru_gates for both, or it is cut in silence.
Var gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
             const Operand& b_ih, const Operand& b_hh) {
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(h, w_hh, b_hh);
  check_gru_gates("gru_cell", from_input, h);
  const std::size_t n = h.shape()[1];
  const auto gate = [n](const Operand& of, std::size_t k) {
    return slice(of, -1, k * n, (k + 1) * n);
  };
  const Var reset = sigmoid(gate(from_input, 0) + gate(from_state, 0));
  const Var keep = sigmoid(gate(from_input, 1) + gate(from_state, 1));
  const Var proposal = tanh(gate(from_input, 2) + reset * gate(from_state, 2));
  return proposal + keep * (h - proposal);
}
