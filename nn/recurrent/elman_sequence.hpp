// A whole layer of Elman cells over a batch of sequences, as one operator.
#pragma once

#include "nn/recurrent/elman_cell.hpp"
#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What elman_cell computes in every step, one direction or both.
/// x: (..., I) -> output (..., D*H), h (D, B, H)
SequenceOutput elman_sequence(const SequenceInput& in, Nonlinearity nonlinearity);

class RecurrentKernel; // nn/recurrent/recurrent_kernel.hpp
/// The cell's formulas.
const RecurrentKernel& elman_kernel(Nonlinearity nonlinearity);
/// Tells the gradient check on which side of its kink each relu is. h: any shape, what it gave
void note_relu(const Var& h);

} // namespace tapestry::inline TAPESTRY_PRECISION
