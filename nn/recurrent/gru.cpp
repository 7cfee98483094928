#include "nn/recurrent/gru.hpp"

#include "nn/recurrent/gru_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

GRU::GRU(const GRUOptions& o, Rng& rng) : RecurrentLayer("GRU", 3, o, rng) {}

SequenceOutput GRU::layer(const SequenceInput& in) const { return gru_sequence(in); }

SequenceOutput GRU::next(const char* name, const StepInput& in) const {
  const Var h = step_once(name, gru_kernel(), in);
  return {h, h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
