// The Elman cell (Elman 1990), as PyTorch writes it.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// h' = tanh(x w_ih^T + b_ih + h w_hh^T + b_hh)
/// x: (B, I), h: (B, H), w_ih: (H, I), w_hh: (H, H), b_ih, b_hh: (H) -> (B, H)
Var rnn_cell(const Operand& x, const Operand& h, const Operand& w_ih, const Operand& w_hh,
             const Operand& b_ih, const Operand& b_hh);

namespace nn {

struct RNNCellOptions {
  std::size_t input_size, hidden_size;
};

/// All weights from U(-a, a) with a = 1/sqrt(H).
class RNNCell : public Module {
public:
  RNNCell(const RNNCellOptions& options, Rng& rng);

  /// x: (B, I), h: (B, H) -> (B, H)
  Var operator()(const Operand& x, const Operand& h) const {
    return rnn_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh);
  }
  void visit(Visitor& v) override;

  Parameter weight_ih, weight_hh, bias_ih, bias_hh;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
