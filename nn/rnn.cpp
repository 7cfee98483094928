#include "nn/rnn.hpp"

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"
#include "autograd/matmul.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> rnn-cell
Var rnn_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
             const Operand& b_ih, const Operand& b_hh) {
  const Var from_input = linear(x, w_ih, b_ih);
  const Var from_state = linear(h, w_hh, b_hh);
  return tanh({from_input + from_state, x.caller()});
}
//< rnn-cell

nn::RNNCell::RNNCell(const RNNCellOptions& o, Rng& rng)
    : weight_ih("weight_ih", fan_uniform({o.hidden_size, o.input_size}, o.hidden_size, rng)),
      weight_hh("weight_hh", fan_uniform({o.hidden_size, o.hidden_size}, o.hidden_size, rng)),
      bias_ih("bias_ih", fan_uniform({o.hidden_size}, o.hidden_size, rng)),
      bias_hh("bias_hh", fan_uniform({o.hidden_size}, o.hidden_size, rng)) {}

void nn::RNNCell::visit(Visitor& v) {
  v("weight_ih", weight_ih);
  v("weight_hh", weight_hh);
  v("bias_ih", bias_ih);
  v("bias_hh", bias_hh);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
