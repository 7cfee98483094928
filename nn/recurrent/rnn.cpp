#include "nn/recurrent/rnn.hpp"

#include "nn/recurrent/elman_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

RNN::RNN(const RNNOptions& o, Rng& rng)
    : RecurrentLayer("RNN",
                     {.gates = 1,
                      .input_size = o.input_size,
                      .hidden_size = o.hidden_size,
                      .num_layers = o.num_layers,
                      .bias = o.bias,
                      .batch_first = o.batch_first,
                      .dropout = o.dropout,
                      .bidirectional = o.bidirectional,
                      .proj_size = 0,
                      .gradient_clip = o.gradient_clip},
                     rng),
      nonlinearity_(o.nonlinearity) {}

SequenceOutput RNN::layer(const SequenceInput& in) const {
  return elman_sequence(in, nonlinearity_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
