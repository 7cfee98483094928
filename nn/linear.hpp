// The fully connected layer.
#pragma once

#include "autograd/operand.hpp"
#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
template <class Data> struct Packed; // nn/sequences/packed_sequence.hpp, for those who have one
}

namespace tapestry::inline TAPESTRY_PRECISION::nn {

struct LinearOptions {
  std::size_t in_features, out_features;
  bool bias = true;
};

/// y = x weight^T + bias. weight: (out, in), bias: (out), both from U(-1/sqrt(in), 1/sqrt(in)).
class Linear : public Module {
public:
  Linear(const LinearOptions& options, Rng& rng);

  /// x: (..., in) -> (..., out)
  Var operator()(const Operand& x) const;
  Packed<Var> operator()(const Packed<Var>& x, Caller at = Caller::here()) const;
  void visit(Visitor& v) override;

  Parameter weight, bias;

private:
  bool has_bias_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
