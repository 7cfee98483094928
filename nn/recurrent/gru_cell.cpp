#include "nn/recurrent/gru_cell.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check_gru_gates(const char* op, const Operand& gates, const Operand& h) {
  if (gates.rank() != 2 || h.rank() != 2 || gates.shape()[0] != h.shape()[0] ||
      gates.shape()[1] != 3 * h.shape()[1])
    shape_error(op, {gates, h}, "expected (B, 3H) x (B, H)");
}

} // namespace

//> gru-cell
Var gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
             const Operand& b_ih, const Operand& b_hh) {
  const Inside cell(x.caller());
  const Var from_input = affine(x, w_ih, b_ih); // (B, 3H)
  const Var from_state = affine(h, w_hh, b_hh);
  check_gru_gates("gru_cell", from_input, h);
  check_gru_gates("gru_cell", from_state, h);
  const std::size_t n = h.shape()[1];
  const auto gate = [n](const Operand& of, std::size_t k) {
    return slice(of, -1, k * n, (k + 1) * n);
  };
  const Var reset = sigmoid(gate(from_input, 0) + gate(from_state, 0));
  const Var keep = sigmoid(gate(from_input, 1) + gate(from_state, 1));
  const Var proposal = tanh(gate(from_input, 2) + reset * gate(from_state, 2));
  return proposal + keep * (h - proposal);
}
//< gru-cell

//> cho-gru-cell
Var cho_gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
                 const Operand& b_ih, const Operand& b_hh) {
  const Inside cell(x.caller());
  const Var from_input = affine(x, w_ih, b_ih); // (B, 3H)
  check_gru_gates("cho_gru_cell", from_input, h);
  const std::size_t n = h.shape()[1];
  const auto columns = [n](const Operand& of, std::size_t begin, std::size_t end) {
    return slice(of, -1, begin * n, end * n);
  };
  // Two products: the second cannot start before the reset gate is known.
  const auto part = [&](const Operand& b, std::size_t begin, std::size_t end) {
    return b.rank() == 0 ? Var(b) : slice(b, 0, begin * n, end * n);
  };
  const Var gates = affine(h, slice(w_hh, 0, 0, 2 * n), part(b_hh, 0, 2));
  const Var reset = sigmoid(columns(from_input, 0, 1) + columns(gates, 0, 1));
  const Var keep = sigmoid(columns(from_input, 1, 2) + columns(gates, 1, 2));
  const Var from_state = affine(reset * h, slice(w_hh, 0, 2 * n, 3 * n), part(b_hh, 2, 3));
  const Var proposal = tanh(columns(from_input, 2, 3) + from_state);
  return proposal + keep * (h - proposal);
}
//< cho-gru-cell

} // namespace tapestry::inline TAPESTRY_PRECISION
