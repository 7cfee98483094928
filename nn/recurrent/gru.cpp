#include "nn/recurrent/gru.hpp"

#include "nn/recurrent/cho_gru_sequence.hpp"
#include "nn/recurrent/gru_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

GRU::GRU(const GRUOptions& o, Rng& rng) : RecurrentLayer("GRU", 3, o, rng) {}

SequenceOutput GRU::layer(const SequenceInput& in) const {
  return options_.reset_after ? gru_sequence(in) : cho_gru_sequence(in);
}

SequenceOutput GRU::next(const char* name, const StepInput& in) const {
  if (!options_.reset_after) {
    const SequenceWeights& w = in.weights;
    const Var next = cho_gru_cell(in.x, in.h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    return {next, next, {}};
  }
  const Var h = step_once(name, gru_kernel(), in);
  return {h, h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
