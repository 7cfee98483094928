// A whole layer of LSTM over a batch of sequences, as one operator.
#pragma once

#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What lstm_cell computes in every step, one direction or both. With weight_hr, (P, H), the state
/// that is shown is h' = weight_hr (o tanh(c')) (Sak et al. 2014, "LSTM-based RNN architectures for
/// large vocabulary speech recognition", section 3.2). x: (..., I) -> output (..., D*P), h
/// (D, B, P), c (D, B, H)
SequenceOutput lstm_sequence(const SequenceInput& in);

class RecurrentKernel; // nn/recurrent/recurrent_kernel.hpp
/// The cell's formulas.
const RecurrentKernel& lstm_kernel();

} // namespace tapestry::inline TAPESTRY_PRECISION
