// The average of the weights over the last steps of training, which is often better than the last.
#pragma once

#include <vector>

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// After each step: average = d average + (1 - d) w, with d = min(decay, (1 + n) / (10 + n)) at
/// step n, so that the first weights, which know nothing, are soon forgotten (Polyak and Juditsky
/// 1992; the exponential form is common practice). As a module it has the averages as buffers,
/// which a checkpoint keeps.
///
///   nn::WeightAverage average(model, 0.999);
///   optimizer.step(), average.update();             // while training
///   average.exchange(), evaluate(), average.exchange();
///
/// The model must outlive it. A std::invalid_argument unless 0 <= decay < 1.
class WeightAverage : public Module {
public:
  WeightAverage(Module& model, double decay);

  void update();
  /// The model gets the averages, and the weights are kept in their place; once more, and all is as
  /// before.
  void exchange();
  void visit(Visitor& v) override;

private:
  std::vector<std::pair<std::string, Parameter>> weights_;
  std::vector<Tensor> averages_;
  Tensor steps_; // (), a number of steps; exact up to 2^24
  double decay_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
