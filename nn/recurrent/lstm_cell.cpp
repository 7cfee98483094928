#include "nn/recurrent/lstm_cell.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check_lstm_gates(const char* op, const Operand& gates, const Operand& c) {
  if (gates.rank() != 2 || c.rank() != 2 || gates.shape()[0] != c.shape()[0] ||
      gates.shape()[1] != 4 * c.shape()[1])
    shape_error(op, {gates, c}, "expected (B, 4H) x (B, H)");
}

} // namespace

//> lstm-cell
LSTMState lstm_gates(const Operand& gates, const Operand& c) {
  check_lstm_gates("lstm_gates", gates, c);
  const std::size_t h = c.shape()[1];
  const Var i = sigmoid(slice(gates, -1, 0, h));         // what enters
  const Var f = sigmoid(slice(gates, -1, h, 2 * h));     // what is kept
  const Var g = tanh(slice(gates, -1, 2 * h, 3 * h));    // what it would be
  const Var o = sigmoid(slice(gates, -1, 3 * h, 4 * h)); // what is shown
  const Var kept = f * c;
  const Var written = i * g;
  const Var next = kept + written;
  return {o * tanh(next), next};
}

LSTMState lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                    const Operand& w_hh, const Operand& b_ih, const Operand& b_hh) {
  const Inside cell(x.caller());
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(state.h, w_hh, b_hh);
  return lstm_gates(from_input + from_state, state.c);
}
//< lstm-cell

//> peephole-lstm-cell
LSTMState peephole_lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                             const Operand& w_hh, const Operand& b_ih, const Operand& b_hh,
                             const Operand& peephole) {
  const Inside cell(x.caller());
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(state.h, w_hh, b_hh);
  const Var gates = from_input + from_state;
  check_lstm_gates("peephole_lstm_cell", gates, state.c);
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
  const Var o = sigmoid(gate(3) + seen(next, 2)); // the only gate that waits for c'
  return {o * tanh(next), next};
}
//< peephole-lstm-cell

} // namespace tapestry::inline TAPESTRY_PRECISION
