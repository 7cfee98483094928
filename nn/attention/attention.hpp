// Attention: a decoder looks at all places of a sentence, and weighs them by what it asks for.
//
// A summary of fixed size must hold a whole sentence. With attention the encoder keeps a vector for
// each place (a value, and a key by which it is found), and each step of the decoder takes a mean
// of the values, with weights of its own:
//
//   scores = score(query, keys)      one number for each place
//   weights = softmax(scores)        over the places that the sentence has
//   context = weights values
//
// This is the form to be read, of tape operators, for one step and a padded batch. The form to
// train with: attention_decoder.hpp.
#pragma once

#include "nn/recurrent/sequence.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// 1 where a sentence has a place, 0 behind its end. A ShapeError for a length outside 1 .. places.
/// lengths: (B) -> (B, S)
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at = Caller::here());

/// What a decoder may look at, padded to S places.
struct AttentionMemory {
  Var keys;     ///< (B, S, K)
  Var values;   ///< (B, S, A)
  Indices mask; ///< (B, S)
};

struct Attended {
  Var context; ///< (B, A)
  Var weights; ///< (B, S), 0 behind a sentence's end
};

/// Scores v' tanh(query + key) (Bahdanau, Cho and Bengio 2015, appendix A.1.2, where the query is
/// W_a s and a key U_a h). A ShapeError unless all sizes fit. query: (B, K), v: (K)
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v);

/// Scores query' key: "dot" if the query is the state itself and the keys are the values, "general"
/// if the keys are products U_a h (Luong, Pham and Manning 2015, equation 8). query: (B, K)
Attended product_attention(const Operand& query, const AttentionMemory& memory);

/// The weights of a decoder with attention: Cho's GRU reads [x, context], so weight_ih is
/// (3H, E + A).
struct AttentionWeights {
  SequenceWeights cell; ///< weight_ih: (3H, E + A), weight_hh: (3H, H), biases: (3H) or ()
  Var query = {};       ///< (K, H), or (): the state asks as it is, and K = H
  Var v = {};           ///< (K) of additive scores, or (): scores are products
};

struct AttentionStep {
  Var state; ///< (B, H)
  Attended seen;
};

/// One step: the state looks for what it needs, and the cell reads it beside the input. x: (B, E),
/// s: (B, H)
AttentionStep attention_step(const Operand& x, const Operand& s, const AttentionWeights& w,
                             const AttentionMemory& memory);

} // namespace tapestry::inline TAPESTRY_PRECISION
