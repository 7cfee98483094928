// Two walks over the same sequences, one from each end: composed, to be read. nn::RNN, nn::LSTM and
// nn::GRU do the same inside their fused operators.
#pragma once

#include <functional>

#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Each sequence in reverse; its padding stays behind it. The pull-back is the same permutation.
/// lengths: (B), each in 1 .. T; anything else is a ShapeError. x: (T, B, ...) -> (T, B, ...)
Var reverse_sequences(const Operand& x, const Lengths& lengths);

/// A walk over padded sequences from their first step. (T, B, I) -> (T, B, H)
using Walk = std::function<Var(const Var&)>;

/// What `forward` knows at a step, from the first one to this, beside what `reverse` knows, from
/// the last one to this (Schuster and Paliwal 1997). x: (T, B, I) -> (T, B, F + R), for
/// walks that show F and R entries
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse);

} // namespace tapestry::inline TAPESTRY_PRECISION
