// Batch normalisation of pictures (Ioffe and Szegedy 2015).
#pragma once

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// (x - mean) / sqrt(variance + eps) * weight + bias for every channel, mean and variance (divided
/// by n) taken over the batch and all pixels. x: (B, C, H, W), weight, bias: (C) -> (B, C, H, W).
/// They are written to `mean` and `variance`, (C) each. Gradients flow through them.
Var batch_norm2d(const Operand& x, const Operand& weight, const Operand& bias, double eps,
                 Tensor& mean, Tensor& variance);

namespace nn {

struct BatchNorm2dOptions {
  std::size_t num_features;
  double eps = 1e-5;
  double momentum = 0.1; ///< the share of the newest batch in the running statistics
};

/// Normalises with the batch's statistics in training, with the running ones in evaluation.
class BatchNorm2d : public Module {
public:
  explicit BatchNorm2d(const BatchNorm2dOptions& options);

  /// x: (B, C, H, W) -> (B, C, H, W)
  Var operator()(const Operand& x);
  void visit(Visitor& v) override;

  Parameter weight, bias;
  Tensor running_mean, running_var;

private:
  double eps_, momentum_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
