// Weight noise: a network that must be right with weights that tremble finds flatter places.
#pragma once

#include <vector>

#include "autograd/parameter.hpp"
#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Adds a draw of N(0, deviation) to every weight as long as it lives, then puts the weights back
/// bit for bit (Graves 2011; 0.075 in Graves 2013, section 3.1). Around the whole of a step's tape,
/// and gone before the optimiser's step:
///
///   {
///     const WeightNoise noise(model.parameters(), 0.075, rng);
///     Tape tape;
///     tape.backward(model.loss(...));
///   }
///   optimizer.step();
///
/// A std::invalid_argument if the deviation is negative or not finite. With 0 nothing is drawn.
class WeightNoise {
public:
  WeightNoise(std::vector<Parameter> parameters, double deviation, Rng& rng);
  ~WeightNoise();
  WeightNoise(const WeightNoise&) = delete;
  WeightNoise& operator=(const WeightNoise&) = delete;

private:
  std::vector<Parameter> parameters_;
  std::vector<Tensor> before_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
