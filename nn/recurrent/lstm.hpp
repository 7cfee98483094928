// Long short-term memory over whole sequences.
#pragma once

#include "nn/recurrent/lstm_cell.hpp"
#include "nn/recurrent/recurrent.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The values alone: what comes after does not send gradients into what came before. Truncated
/// back-propagation carries the state on and cuts the tape here.
LSTMState detach(const LSTMState& state);

namespace nn {

using LSTMOptions = RecurrentOptions;

/// lstm_cell in every step, by the fused operator lstm_sequence. Parameters weight_ih_l0 (4H, I),
/// weight_hh_l0 (4H, H), bias_ih_l0, bias_hh_l0 (4H), then _l0_reverse, _l1, ..., where I is D*H
/// from layer 1 on; all from U(-a, a) with a = 1/sqrt(H). The state is h and c, (D*L, B, H) each.
/// With a projection, what is shown has P entries: weight_hh_l0 (4H, P), weight_hr_l0 (P, H), the
/// output (T, B, D*P) and h (D*L, B, P).
class LSTM : public RecurrentLayer<LSTMState> {
public:
  LSTM(const LSTMOptions& options, Rng& rng);

private:
  SequenceOutput layer(const SequenceInput& in) const override;
  SequenceOutput next(const char* name, const StepInput& in) const override;
  LSTMState state_of(const Run& run) const override { return {run.h, run.c}; }
  Var h_of(const LSTMState& state) const override { return state.h; }
  Var c_of(const LSTMState& state) const override { return state.c; }
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
