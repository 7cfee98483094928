// The Elman cell (Elman 1990), as PyTorch writes it.
#pragma once

#include "autograd/operand.hpp"
#include "nn/recurrent/recurrent_cell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

enum class Nonlinearity { tanh, relu };

/// h' = tanh(x w_ih^T + b_ih + h w_hh^T + b_hh), or relu of it.
/// x: (B, I), h: (B, H), w_ih: (H, I), w_hh: (H, H), b_ih, b_hh: (H), or () for none -> (B, H). A
/// ShapeError if they do not fit, also for a state of another batch size.
Var elman_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
               const Operand& b_ih, const Operand& b_hh,
               Nonlinearity nonlinearity = Nonlinearity::tanh);

namespace nn {

struct RNNCellOptions {
  std::size_t input_size, hidden_size;
  bool bias = true;
  Nonlinearity nonlinearity = Nonlinearity::tanh;
};

class RNNCell : public RecurrentCell {
public:
  RNNCell(const RNNCellOptions& o, Rng& rng)
      : RecurrentCell(1, {o.input_size, o.hidden_size, o.bias}, rng),
        nonlinearity_(o.nonlinearity) {}

  /// x: (B, I), h: (B, H) -> (B, H)
  Var operator()(const Operand& x, const Operand& h) const {
    return elman_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity_);
  }

private:
  Nonlinearity nonlinearity_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
