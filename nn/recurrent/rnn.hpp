// The Elman network over whole sequences.
#pragma once

#include "nn/recurrent/elman_cell.hpp"
#include "nn/recurrent/recurrent.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

using RNNOptions = RecurrentOptions;

/// elman_cell in every step, by the fused operator elman_sequence. Parameters weight_ih_l0 (H, I),
/// weight_hh_l0 (H, H), bias_ih_l0, bias_hh_l0 (H), then _l0_reverse, _l1, ..., where I is D*H from
/// layer 1 on; all from U(-a, a) with a = 1/sqrt(H). The state is h, (D*L, B, H).
class RNN : public RecurrentLayer<Var> {
public:
  RNN(const RNNOptions& options, Rng& rng);

private:
  SequenceOutput layer(const SequenceInput& in) const override;
  SequenceOutput next(const char* name, const StepInput& in) const override;
  Var state_of(const Run& run) const override { return run.h; }
  Var h_of(const Var& state) const override { return state; }

  Nonlinearity nonlinearity_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
