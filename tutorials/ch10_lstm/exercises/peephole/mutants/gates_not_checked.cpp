// A cell narrower than its gates is cut out of them in silence: call check_lstm_gates first.
LSTMState peephole_lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                             const Operand& w_hh, const Operand& b_ih, const Operand& b_hh,
                             const Operand& peephole) {
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(state.h, w_hh, b_hh);
  const Var gates = from_input + from_state;
  const std::size_t h = state.c.shape()[1];
  if (peephole.shape() != Shape{3, h})
    shape_error("peephole_lstm_cell", {peephole, state.c}, "expected (3, H) x (B, H)");
  const auto gate = [&](std::size_t k) { return slice(gates, -1, k * h, (k + 1) * h); };
  const auto seen = [&](const Var& c, std::size_t k) { return select(peephole, 0, k) * c; };

  const Var i = sigmoid(gate(0) + seen(state.c, 0));
  const Var f = sigmoid(gate(1) + seen(state.c, 1));
  const Var g = tanh(gate(2));
  const Var kept = f * state.c;
  const Var written = i * g;
  const Var next = kept + written;
  const Var o = sigmoid(gate(3) + seen(next, 2));
  return {o * tanh(next), next};
}
