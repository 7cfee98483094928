#include "nn/recurrent/gru.hpp"

#include "nn/recurrent/gru_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

GRU::GRU(const GRUOptions& o, Rng& rng)
    : RecurrentLayer("GRU",
                     {.gates = 3,
                      .input_size = o.input_size,
                      .hidden_size = o.hidden_size,
                      .num_layers = o.num_layers,
                      .bias = o.bias,
                      .batch_first = o.batch_first,
                      .dropout = o.dropout,
                      .bidirectional = o.bidirectional,
                      .proj_size = 0,
                      .gradient_clip = o.gradient_clip},
                     rng) {}

SequenceOutput GRU::layer(const SequenceInput& in) const { return gru_sequence(in); }

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
