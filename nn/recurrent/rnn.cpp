#include "nn/recurrent/rnn.hpp"

#include "nn/recurrent/elman_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

RNN::RNN(const RNNOptions& o, Rng& rng)
    : RecurrentLayer("RNN", 1, o, rng), nonlinearity_(o.nonlinearity) {}

SequenceOutput RNN::layer(const SequenceInput& in) const {
  return elman_sequence(in, nonlinearity_);
}

SequenceOutput RNN::next(const char* name, const StepInput& in) const {
  const Var h = step_once(name, elman_kernel(nonlinearity_), in);
  if (nonlinearity_ == Nonlinearity::relu) note_relu(h);
  return {h, h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
