// Layer normalisation (Ba, Kiros and Hinton 2016) as a layer.
#pragma once

#include "autograd/operand.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

struct LayerNormOptions {
  Shape normalized_shape; ///< the last axes of x, over which mean and variance are taken
  double eps = 1e-5;
  bool elementwise_affine = true; ///< whether there are a weight and a bias
};

/// (x - mean) / sqrt(variance + eps) * weight + bias, with each row's own mean and variance: the
/// same in training and evaluation, and for any batch. weight, bias: (normalized_shape), from 1 and
/// 0. Options out of range are a std::invalid_argument.
///
///   nn::LayerNorm norm({.normalized_shape = {4}});
///   Var y = norm(constant(normal({8, 4}, 3, 2, rng))); // mean 0 and variance 1 in each row
class LayerNorm : public Module {
public:
  explicit LayerNorm(const LayerNormOptions& options);

  /// x: (..., normalized_shape) -> the same
  Var operator()(const Operand& x) const;
  void visit(Visitor& v) override;

  Parameter weight, bias; ///< (normalized_shape); without `elementwise_affine` there are none

private:
  Shape shape_;
  double eps_;
  bool affine_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
