#include "nn/recurrent/lstm.hpp"

#include <stdexcept>

#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/lstm_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

LSTMState detach(const LSTMState& state) { return {detach(state.h), detach(state.c)}; }

namespace nn {

LSTM::LSTM(const LSTMOptions& o, Rng& rng)
    : RecurrentLayer("LSTM",
                     {.gates = 4,
                      .input_size = o.input_size,
                      .hidden_size = o.hidden_size,
                      .num_layers = o.num_layers,
                      .bias = o.bias,
                      .batch_first = o.batch_first,
                      .dropout = o.dropout,
                      .bidirectional = o.bidirectional,
                      .proj_size = o.proj_size,
                      .gradient_clip = o.gradient_clip},
                     rng) {}

SequenceOutput LSTM::layer(const SequenceInput& in) const { return lstm_sequence(in); }

LSTMState LSTM::step(const Operand& x, const LSTMState& state) const {
  if (options_.num_layers > 1 || options_.bidirectional || options_.proj_size > 0)
    throw std::invalid_argument("LSTM: step() is for one layer, one direction and no projection");
  const RecurrentWeights& w = weights();
  return lstm_cell(x, state, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
}

LSTMState LSTM::zero_state(std::size_t batch) const {
  const Shape shape{batch, options_.hidden_size};
  return {constant(zeros(shape)), constant(zeros(shape))};
}

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
