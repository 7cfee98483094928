// Long short-term memory, one step (Hochreiter and Schmidhuber 1997; forget gate: Gers et al.
// 2000), with PyTorch's gate order i, f, g, o.
#pragma once

#include "autograd/operand.hpp"
#include "nn/recurrent/recurrent_cell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What an LSTM carries from step to step. h, c: (B, H)
struct LSTMState {
  Var h, c;
};

/// One step.
///
///   i, f, o = sigmoid(...), g = tanh(...)  of  x w_ih^T + b_ih + h w_hh^T + b_hh
///   c' = f c + i g
///   h' = o tanh(c')
///
/// x: (B, I), w_ih: (4H, I), w_hh: (4H, H), b_ih, b_hh: (4H), or () for none -> the next state
LSTMState lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                    const Operand& w_hh, const Operand& b_ih, const Operand& b_hh);

/// The second half of a step: from the gates before their nonlinearities, (B, 4H), and c, (B, H).
LSTMState lstm_gates(const Operand& gates, const Operand& c);

/// The cell with peepholes (Graves 2013, eqs. 7 to 11): the gates see the cell as well, each unit
/// its own. Input and forget gate see c, the output gate sees c'. peephole: (3, H), for i, f and o
LSTMState peephole_lstm_cell(const Operand& x, const LSTMState& state, const Operand& w_ih,
                             const Operand& w_hh, const Operand& b_ih, const Operand& b_hh,
                             const Operand& peephole);

namespace nn {

using LSTMCellOptions = RecurrentCellOptions;

class LSTMCell : public RecurrentCell {
public:
  LSTMCell(const LSTMCellOptions& o, Rng& rng) : RecurrentCell(4, o, rng) {}

  /// x: (B, I) -> the next state
  LSTMState operator()(const Operand& x, const LSTMState& state) const {
    return lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh);
  }
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
