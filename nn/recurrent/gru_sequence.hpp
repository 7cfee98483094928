// A whole layer of gated recurrent units over a batch of sequences, as one operator.
#pragma once

#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What gru_cell computes in every step, one direction or both.
/// x: (..., I) -> output (..., D*H), h (D, B, H)
SequenceOutput gru_sequence(const SequenceInput& in);

class RecurrentKernel; // nn/recurrent/recurrent_kernel.hpp
/// The cell's formulas.
const RecurrentKernel& gru_kernel();

} // namespace tapestry::inline TAPESTRY_PRECISION
