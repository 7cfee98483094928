#include "nn/recurrent/recurrent_cell.hpp"

#include "autograd/operators/matmul.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var affine(const Operand& x, const Operand& w, const Operand& b) {
  return b.rank() == 0 ? linear(x, w) : linear(x, w, b);
}

nn::RecurrentCell::RecurrentCell(std::size_t gates, const RecurrentCellOptions& o, Rng& rng)
    : has_bias_(o.bias) {
  const std::size_t rows = gates * o.hidden_size;
  const auto initial = [&](const Shape& shape) { return fan_uniform(shape, o.hidden_size, rng); };
  weight_ih = Parameter("weight_ih", initial({rows, o.input_size}));
  weight_hh = Parameter("weight_hh", initial({rows, o.hidden_size}));
  if (!has_bias_) return;
  bias_ih = Parameter("bias_ih", initial({rows}));
  bias_hh = Parameter("bias_hh", initial({rows}));
}

void nn::RecurrentCell::visit(Visitor& v) {
  v("weight_ih", weight_ih);
  v("weight_hh", weight_hh);
  if (!has_bias_) return;
  v("bias_ih", bias_ih);
  v("bias_hh", bias_hh);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
