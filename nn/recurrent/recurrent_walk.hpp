// The walk over time that the fused recurrent operators share.
#pragma once

#include "nn/recurrent/recurrent_kernel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Every step of every sequence by `kernel`, one direction or both, as one record; and one each for
/// the last states. Pulled back again, it adds the same gradients again.
/// x: (..., I) -> output (..., D*P), h (D, B, P), c (D, B, H) or ()
SequenceOutput walk_sequences(const RecurrentKernel& kernel, const SequenceInput& in);

} // namespace tapestry::inline TAPESTRY_PRECISION
