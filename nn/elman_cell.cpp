#include "nn/elman_cell.hpp"

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> elman-cell
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh, Nonlinearity nonlinearity) {
  const Var from_input = affine(x, w_ih, b_ih);
  const Var from_state = affine(h, w_hh, b_hh);
  const Operand sum{from_input + from_state, x.caller()};
  return nonlinearity == Nonlinearity::tanh ? tanh(sum) : relu(sum);
}
//< elman-cell

} // namespace tapestry::inline TAPESTRY_PRECISION
