// A recurrent encoder written out: cells of tape operators over packed sentences, step by step.
#pragma once

#include "nn/recurrent/gru.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What the layer computes, in one direction or both, of a GRU of one layer with the reset gate
/// before the product: for reading and comparing. x.data: (N, I) -> output.data (N, D*H), state
/// (D, B, H)
nn::GRU::PackedResult composed_encoder(const nn::GRU& layer, const PackedSequence& x,
                                       bool bidirectional = false);

} // namespace tapestry::inline TAPESTRY_PRECISION
