// A linear classifier of counted texts: the baseline that every network must beat.
#pragma once

#include "nn/module.hpp"
#include "text/counting/sparse_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

struct BagClassifierOptions {
  std::size_t features, classes;
};

/// Scores x weight + bias, for cross_entropy. weight: (features, classes), bias: (classes), zeros
/// at first: the loss has one minimum, and no symmetry that must be broken.
/// A batch costs as many rows of the weight as its texts name, on the way back too; an optimiser
/// that steps touched rows alone (SGD, Adam with `lazy`) makes its step as cheap.
class BagClassifier : public Module {
public:
  explicit BagClassifier(const BagClassifierOptions& options);

  /// x: (n, features) -> (n, classes)
  Var operator()(const SparseRows& x, Caller at = Caller::here()) const;
  void visit(Visitor& v) override;

  Parameter weight, bias;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
