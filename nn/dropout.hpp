// Dropout as a layer: it drops in training and does nothing in evaluation.
#pragma once

#include "autograd/operators/dropout.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
template <class Data> struct Packed; // nn/sequences/packed_sequence.hpp, for those who have one
}

namespace tapestry::inline TAPESTRY_PRECISION::nn {

class Dropout : public Module {
public:
  explicit Dropout(double p = 0.5) : p_(p) {}

  /// x: (...) -> (...). The mask is drawn from `rng`, so that a training run is a function of its
  /// generator's state.
  Var operator()(const Operand& x, Rng& rng) const {
    return training() && p_ > 0 ? dropout(x, p_, rng) : Var(x);
  }
  Packed<Var> operator()(const Packed<Var>& x, Rng& rng, Caller at = Caller::here()) const;
  void visit(Visitor&) override {}

private:
  double p_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
