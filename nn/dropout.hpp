// Dropout as a layer: it drops in training and does nothing in evaluation.
#pragma once

#include "autograd/operators/dropout.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
template <class Data> struct Packed; // nn/sequences/packed_sequence.hpp, for those who have one
}

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// Sets entries to 0 with probability p in training, and divides the others by 1 - p (Srivastava et
/// al. 2014). p from 0, which does nothing, to 1, which leaves nothing; else a
/// std::invalid_argument.
///
///   nn::Dropout dropout(0.1);
///   Var y = dropout(x, rng);
class Dropout : public Module {
public:
  explicit Dropout(double p = 0.5);

  /// x: (...) -> (...). The mask is drawn from `rng`, so that a training run is a function of its
  /// generator's state.
  Var operator()(const Operand& x, Rng& rng) const;
  Packed<Var> operator()(const Packed<Var>& x, Rng& rng, Caller at = Caller::here()) const;
  void visit(Visitor&) override {}

private:
  double p_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
