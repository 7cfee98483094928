// The gated recurrent unit over whole sequences.
#pragma once

#include "nn/recurrent/gru_cell.hpp"
#include "nn/recurrent/recurrent.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

using GRUOptions = RecurrentOptions;

/// gru_cell in every step, by the fused operator gru_sequence; or cho_gru_cell, by
/// cho_gru_sequence, if `reset_after` is false. Parameters weight_ih_l0 (3H, I),
/// weight_hh_l0 (3H, H), bias_ih_l0, bias_hh_l0 (3H), then _l0_reverse, _l1, ..., where I is D*H
/// from layer 1 on; all from U(-a, a) with a = 1/sqrt(H). The state is h, (D*L, B, H).
class GRU : public RecurrentLayer<Var> {
public:
  GRU(const GRUOptions& options, Rng& rng);

private:
  SequenceOutput layer(const SequenceInput& in) const override;
  SequenceOutput next(const char* name, const StepInput& in) const override;
  Var state_of(const Run& run) const override { return run.h; }
  Var h_of(const Var& state) const override { return state; }
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
