// A decoder with attention over a batch of whole target sequences, as one operator: to train with.
//
// attention_step once for every target word makes some twenty records, each of a padded batch, and
// keeps the tanh of every pair of a target and a source word. Here the walk is one record.
// Sentences lie one after another without padding, a share of the batch goes through all its steps
// on one core, the tanhs are computed again on the way back, and each weight's gradient is one
// product over all steps.
#pragma once

#include "nn/attention/attention.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What decoders may look at, without padding: the M places of S sentences, one sentence after the
/// other.
struct AttentionPlaces {
  Var keys;                   ///< (M, K)
  Var values;                 ///< (M, A)
  Pooled<std::size_t> begins; ///< (S + 1), where each sentence begins; at last M
};

struct AttentionDecoderInput {
  Operand x;   ///< (N, E): a row for each step of each of B sequences
  Steps steps; ///< which rows those are
  AttentionWeights weights;
  Var h; ///< (B, H), the states to start from
  AttentionPlaces places;
  Indices sentence = {};     ///< (B): where each sequence looks; (): sequence i at sentence i
  bool show_weights = false; ///< whether `weights` is wanted
};

struct AttentionDecoderOutput {
  Var seen;       ///< (N, H + A): the state before each step, and the context that it asked for
  Var h;          ///< (B, H): the last states
  Tensor weights; ///< (N, longest sentence), 0 behind a sentence's end; no gradient
};

/// What attention_step computes in every step. If weight_ih is (3H, E) only, it has been multiplied
/// with the places already: each value begins with what the gates read of it, 3H numbers. A search,
/// whose beams look at the same places again and again, does so once for each place. Sequences of
/// the same sentence may share it, as the beams of a search do; then the way back is not shared
/// among the cores. A ShapeError unless all sizes fit.
AttentionDecoderOutput attention_decoder(const AttentionDecoderInput& in);

} // namespace tapestry::inline TAPESTRY_PRECISION
