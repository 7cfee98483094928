#include "nn/lstm.hpp"

#include <fmt/format.h>

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"
#include "autograd/matmul.hpp"
#include "autograd/shaping.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> lstm-cell
LSTMState lstm_gates(const Operand& gates, const Operand& c) {
  if (gates.rank() != 2 || c.rank() != 2 || gates.shape()[1] != 4 * c.shape()[1])
    shape_error("lstm_gates", {gates, c}, "expected (B, 4H) x (B, H)");
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
  const Var from_input = linear(x, w_ih, b_ih);
  const Var from_state = linear(state.h, w_hh, b_hh);
  return lstm_gates(from_input + from_state, state.c);
}
//< lstm-cell

nn::LSTM::LSTM(const LSTMOptions& o, Rng& rng)
    : weight_ih("weight_ih_l0", fan_uniform({4 * o.hidden_size, o.input_size}, o.hidden_size, rng)),
      weight_hh("weight_hh_l0",
                fan_uniform({4 * o.hidden_size, o.hidden_size}, o.hidden_size, rng)),
      bias_ih("bias_ih_l0", fan_uniform({4 * o.hidden_size}, o.hidden_size, rng)),
      bias_hh("bias_hh_l0", fan_uniform({4 * o.hidden_size}, o.hidden_size, rng)) {}

nn::LSTMResult nn::LSTM::operator()(const Operand& x) const {
  if (x.rank() != 3) shape_error("LSTM", {x}, "expected (T, B, I)");
  return (*this)(x, zero_state(x.shape()[1]));
}

//> lstm-sequence
nn::LSTMResult nn::LSTM::operator()(const Operand& x, const LSTMState& start) const {
  if (x.rank() != 3) shape_error("LSTM", {x}, "expected (T, B, I)");
  const Var from_input = linear(x, weight_ih, bias_ih); // one product for all steps
  LSTMState state = start;
  std::vector<Var> outputs;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    const Var from_state = linear(state.h, weight_hh, bias_hh);
    state = lstm_gates(select(from_input, 0, t) + from_state, state.c);
    outputs.push_back(state.h);
  }
  return {stack(outputs), state};
}
//< lstm-sequence

LSTMState nn::LSTM::zero_state(std::size_t batch) const {
  const Shape shape{batch, weight_hh.shape()[1]};
  return {constant(zeros(shape)), constant(zeros(shape))};
}

void nn::LSTM::visit(Visitor& v) {
  v("weight_ih_l0", weight_ih);
  v("weight_hh_l0", weight_hh);
  v("bias_ih_l0", bias_ih);
  v("bias_hh_l0", bias_hh);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
