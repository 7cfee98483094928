// Sequences of different lengths, filled up to one length.
#pragma once

#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct PadSequenceOptions {
  bool batch_first = false; ///< (B, T, ...) instead of (T, B, ...)
  double padding_value = 0;
};

/// B sequences, each (length, ...) -> (T, B, ...), T the greatest length. No gradient comes from
/// the padding.
Var pad_sequence(const std::vector<Var>& sequences, PadSequenceOptions options = {},
                 Caller at = Caller::here());
Indices pad_sequence(const std::vector<Indices>& sequences, PadSequenceOptions options = {},
                     Caller at = Caller::here());

/// The sequences again. x: (T, B, ...), or (B, T, ...) if batch_first; lengths: (B), each in
/// 1 .. T -> B sequences
std::vector<Var> unpad_sequence(const Operand& x, const Lengths& lengths, bool batch_first = false);

/// 1 where t < lengths[b], else 0: times this, a padded batch forgets its padding.
/// lengths: (B), each in 1 .. T -> (T, B), or (B, T) if batch_first
Tensor length_mask(const Lengths& lengths, std::size_t steps, bool batch_first = false,
                   Caller at = Caller::here());

/// Throws the ShapeError of `op` unless there are `batch` lengths, each in 1 .. steps.
void check_lengths(const char* op, const Lengths& lengths, std::size_t steps, std::size_t batch,
                   Caller at);

} // namespace tapestry::inline TAPESTRY_PRECISION
