// The gated recurrent unit, one step, in two forms. Gate order r, z, n, as in PyTorch.
#pragma once

#include "autograd/operand.hpp"
#include "nn/recurrent/recurrent_cell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// PyTorch's form: the reset gate is applied after the product, so that one product serves all
/// three gates. The new gate therefore keeps its two biases apart.
///
///   r, z = sigmoid(x w_ih^T + b_ih + h w_hh^T + b_hh)
///   n    = tanh(x w_in^T + b_in + r (h w_hn^T + b_hn))
///   h'   = (1 - z) n + z h
///
/// x: (B, I), h: (B, H), w_ih: (3H, I), w_hh: (3H, H), b_ih, b_hh: (3H), or () for none -> (B, H)
Var gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
             const Operand& b_ih, const Operand& b_hh);

/// The form of Cho et al. 2014 (eqs. 5 to 8): the reset gate comes before the product, as
/// n = tanh(x w_in^T + b_in + (r h) w_hn^T + b_hn). The same shapes.
Var cho_gru_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
                 const Operand& b_ih, const Operand& b_hh);

namespace nn {

using GRUCellOptions = RecurrentCellOptions;

class GRUCell : public RecurrentCell {
public:
  GRUCell(const GRUCellOptions& o, Rng& rng) : RecurrentCell(3, o, rng) {}

  /// x: (B, I), h: (B, H) -> (B, H)
  Var operator()(const Operand& x, const Operand& h) const {
    return gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh);
  }
};

/// The same with Cho's form.
class ChoGRUCell : public RecurrentCell {
public:
  ChoGRUCell(const GRUCellOptions& o, Rng& rng) : RecurrentCell(3, o, rng) {}

  /// x: (B, I), h: (B, H) -> (B, H)
  Var operator()(const Operand& x, const Operand& h) const {
    return cho_gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh);
  }
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
