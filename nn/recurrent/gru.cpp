#include "nn/recurrent/gru.hpp"

#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/cho_gru_sequence.hpp"
#include "nn/recurrent/gru_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

GRU::GRU(const GRUOptions& o, Rng& rng) : RecurrentLayer("GRU", 3, o, rng) {}

SequenceOutput GRU::layer(const SequenceInput& in) const {
  return options_.reset_after ? gru_sequence(in) : cho_gru_sequence(in);
}

SequenceOutput GRU::next(const char* name, const StepInput& in) const {
  if (!options_.reset_after) { // a sequence of one step
    if (in.x.rank() != 2) shape_error(name, {in.x}, "a step reads an input of shape (B, I)");
    const std::size_t batch = in.x.shape()[0];
    const SequenceOutput out =
        cho_gru_sequence({.x = in.x,
                          .steps = {1, batch},
                          .directions = {in.weights},
                          .h = reshape(in.h, {1, batch, options_.hidden_size}),
                          .gradient_clip = in.gradient_clip});
    return {out.output, out.output, {}};
  }
  const Var h = step_once(name, gru_kernel(), in);
  return {h, h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
