#include "nn/recurrent/elman_cell.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Without it, one row of state would be broadcast to a whole batch.
void check_state(const char* op, const Operand& x, const Operand& h) {
  if (x.rank() != 2 || h.rank() != 2 || x.shape()[0] != h.shape()[0])
    shape_error(op, {x, h}, "expected an input (B, I) and a state (B, H)");
}

} // namespace

//> elman-cell
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh, Nonlinearity nonlinearity) {
  const Inside cell(x.caller());
  check_state("elman_cell", x, h);
  const Var from_input = affine(x, w_ih, b_ih); // (B, H)
  const Var from_state = affine(h, w_hh, b_hh); // (B, H)
  const Var sum = from_input + from_state;
  return nonlinearity == Nonlinearity::tanh ? tanh(sum) : relu(sum);
}
//< elman-cell

} // namespace tapestry::inline TAPESTRY_PRECISION
