// There are two biases, and b_hh is missing from your sum.
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh, Nonlinearity nonlinearity) {
  check_state("elman_cell", x, h);
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(h, w_hh, Var{});
  const Var sum = from_input + from_state;
  return nonlinearity == Nonlinearity::tanh ? tanh(sum) : relu(sum);
}
