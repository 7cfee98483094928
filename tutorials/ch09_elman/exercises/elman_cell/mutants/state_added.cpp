// The state is added as it is; it must go through w_hh first.
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh, Nonlinearity nonlinearity) {
  check_state("elman_cell", x, h);
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = b_hh.rank() == 0 ? Var(h) : h + b_hh;
  const Var sum = from_input + from_state;
  return nonlinearity == Nonlinearity::tanh ? tanh(sum) : relu(sum);
}
