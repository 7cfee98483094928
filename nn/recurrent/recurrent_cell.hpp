// What the modules of one step share: a weight for the input, one for the state, two biases.
#pragma once

#include "autograd/operand.hpp"
#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// x w^T + b; without b where b has shape (), as `Var{}` has.
/// x: (..., I), w: (O, I), b: (O) or () -> (..., O)
Var affine(const Operand& x, const Operand& w, const Operand& b);

namespace nn {

struct RecurrentCellOptions {
  std::size_t input_size, hidden_size;
  bool bias = true;
};

/// weight_ih: (gates * H, I), weight_hh: (gates * H, H), bias_ih, bias_hh: (gates * H), all from
/// U(-a, a) with a = 1/sqrt(H), as PyTorch's RNNCell, LSTMCell and GRUCell have them.
class RecurrentCell : public Module {
public:
  void visit(Visitor& v) override;

  Parameter weight_ih, weight_hh, bias_ih, bias_hh;

protected:
  RecurrentCell(std::size_t gates, const RecurrentCellOptions& options, Rng& rng);

private:
  bool has_bias_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
