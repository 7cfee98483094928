#include "nn/recurrent/lstm.hpp"

#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/lstm_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

LSTMState detach(const LSTMState& state) { return {detach(state.h), detach(state.c)}; }

namespace nn {

LSTM::LSTM(const LSTMOptions& o, Rng& rng) : RecurrentLayer("LSTM", 4, o, rng) {}

SequenceOutput LSTM::layer(const SequenceInput& in) const { return lstm_sequence(in); }

SequenceOutput LSTM::next(const char* name, const StepInput& in) const {
  return lstm_step(name, in);
}

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
