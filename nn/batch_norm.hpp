// Batch normalisation (Ioffe and Szegedy 2015).
#pragma once

#include <optional>

#include "autograd/operand.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// (x - mean) / sqrt(variance + eps) * weight + bias for every channel, mean and variance (divided
/// by n) taken over the batch and all axes behind the channels (algorithm 1 of the paper).
/// x: (B, C, ...), weight, bias: (C) -> (B, C, ...). They are written to `mean` and `variance`, (C)
/// each. Gradients flow through them. A ShapeError where a channel has less than two values.
Var batch_norm(const Operand& x, const Operand& weight, const Operand& bias, double eps,
               Tensor& mean, Tensor& variance);
/// The same for pictures alone. x: (B, C, H, W)
Var batch_norm2d(const Operand& x, const Operand& weight, const Operand& bias, double eps,
                 Tensor& mean, Tensor& variance);

namespace nn {

struct BatchNormOptions {
  std::size_t num_features;
  double eps = 1e-5;
  /// The share of the newest batch in the running statistics; std::nullopt: all batches count
  /// alike.
  std::optional<double> momentum = 0.1;
  bool affine = true; ///< whether there are a weight and a bias
};
using BatchNorm1dOptions = BatchNormOptions;
using BatchNorm2dOptions = BatchNormOptions;

/// Normalises with the batch's statistics in training, with the running ones in evaluation. A
/// gradient check leaves the running ones as they are.
///
///   nn::BatchNorm1d norm({.num_features = 4});
///   Var y = norm(constant(normal({8, 4}, 3, 2, rng))); // mean 0 and variance 1 in each column
///   norm.eval();                                       // from now on, by what it has seen
class BatchNorm : public Module {
public:
  void visit(Visitor& v) override;
  double eps() const { return eps_; }
  bool affine() const { return affine_; }

  Parameter weight, bias; ///< (C); without `affine` there are none
  Tensor running_mean, running_var;
  Tensor num_batches_tracked; ///< of shape (); counted without a momentum alone

protected:
  BatchNorm(const char* name, const BatchNormOptions& options);
  // x: (B, C, ...), if its rank is right; else the ShapeError of `op`, "expected ..."
  Var normalise(const char* op, const Operand& x, bool right_rank, const char* expected);

private:
  void remember(const Tensor& mean, const Tensor& variance, std::size_t n);

  double eps_;
  std::optional<double> momentum_;
  bool affine_;
};

/// Of rows, or of sequences.
class BatchNorm1d : public BatchNorm {
public:
  explicit BatchNorm1d(const BatchNorm1dOptions& options) : BatchNorm("BatchNorm1d", options) {}
  /// x: (B, C) or (B, C, L) -> the same
  Var operator()(const Operand& x);
};

/// Of pictures.
class BatchNorm2d : public BatchNorm {
public:
  explicit BatchNorm2d(const BatchNorm2dOptions& options) : BatchNorm("BatchNorm2d", options) {}
  /// x: (B, C, H, W) -> (B, C, H, W)
  Var operator()(const Operand& x);
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
