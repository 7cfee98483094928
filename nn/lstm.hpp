// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), with
// PyTorch's gate order i, f, g, o and PyTorch's names.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What an LSTM carries from step to step. h, c: (B, H)
struct LSTMState {
  Var h, c;
};

/// One step. x: (B, I), w_ih: (4H, I), w_hh: (4H, H), b_ih, b_hh: (4H) -> the next state
LSTMState lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                    const Operand& w_hh, const Operand& b_ih, const Operand& b_hh);

/// The second half of a step: from the gates before their nonlinearities, (B, 4H), and c, (B, H).
LSTMState lstm_gates(const Operand& gates, const Operand& c);

namespace nn {

struct LSTMOptions {
  std::size_t input_size, hidden_size;
};

/// What a layer gives back for a sequence. output: (T, B, H), the h of every step
struct LSTMResult {
  Var output;
  LSTMState state;
};

/// One layer over a sequence, composed from operators. Parameters weight_ih_l0 (4H, I),
/// weight_hh_l0 (4H, H), bias_ih_l0, bias_hh_l0 (4H), all from U(-a, a) with a = 1/sqrt(H).
class LSTM : public Module {
public:
  LSTM(const LSTMOptions& options, Rng& rng);

  /// x: (T, B, I) -> output (T, B, H) and the last state. Starts from zeros.
  LSTMResult operator()(const Operand& x) const;
  /// The same from a given state.
  LSTMResult operator()(const Operand& x, const LSTMState& state) const;
  /// One step. x: (B, I)
  LSTMState step(const Operand& x, const LSTMState& state) const {
    return lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh);
  }
  LSTMState zero_state(std::size_t batch) const;
  void visit(Visitor& v) override;

  Parameter weight_ih, weight_hh, bias_ih, bias_hh;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
