// i, f and o are gates, between 0 and 1: each passes a sigmoid before it multiplies anything.
LSTMState lstm_gates(const Operand& gates, const Operand& c) {
  check_lstm_gates("lstm_gates", gates, c);
  const std::size_t h = c.shape()[1];
  const Var i = slice(gates, -1, 0, h);
  const Var f = slice(gates, -1, h, 2 * h);
  const Var g = tanh(slice(gates, -1, 2 * h, 3 * h));
  const Var o = slice(gates, -1, 3 * h, 4 * h);
  const Var kept = f * c;
  const Var written = i * g;
  const Var next = kept + written;
  return {o * tanh(next), next};
}

LSTMState lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                    const Operand& w_hh, const Operand& b_ih, const Operand& b_hh) {
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(state.h, w_hh, b_hh);
  return lstm_gates(from_input + from_state, state.c);
}
