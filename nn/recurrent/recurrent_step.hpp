// One step of a recurrent cell as one operator: for decoders, which choose each input by the output
// before, so that no walk over the whole sequence is possible.
#pragma once

#include <memory>

#include "nn/recurrent/recurrent_kernel.hpp"
#include "nn/recurrent/recurrent_panels.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct StepInput {
  Operand x;                               ///< (B, I)
  Var h, c = {};                           ///< (B, H); c for an LSTM
  SequenceWeights weights;                 ///< without a projection
  double gradient_clip = 0;                ///< as SequenceInput's
  std::shared_ptr<RecurrentPanels> panels; ///< of the layer that steps
};

/// The next state, (B, H), of a cell whose state is h alone: one record, kernel.step. A ShapeError
/// of `name` unless all shapes fit.
Var step_once(const char* name, const RecurrentKernel& kernel, const StepInput& in);

/// The next h and c of an LSTM: a record for c' and, computed from it, one for h'.
SequenceOutput lstm_step(const char* name, const StepInput& in);

} // namespace tapestry::inline TAPESTRY_PRECISION
