// A whole layer of Cho's gated recurrent units over a batch of sequences, as one operator.
#pragma once

#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What cho_gru_cell computes in every step, one direction or both: the reset gate before the
/// product (Cho et al. 2014, equations 5 to 8). Without a projection.
/// x: (..., I) -> output (..., D*H), h (D, B, H)
SequenceOutput cho_gru_sequence(const SequenceInput& in);

} // namespace tapestry::inline TAPESTRY_PRECISION
