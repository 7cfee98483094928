#include "nn/training/weight_average.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

WeightAverage::WeightAverage(Module& model, double decay)
    : weights_(model.named_parameters()), steps_(0), decay_(decay) {
  if (!(decay >= 0 && decay < 1))
    throw std::invalid_argument(
        fmt::format("WeightAverage: decay {}; it must be in [0, 1)", decay));
  for (const auto& [name, w] : weights_) averages_.push_back(w.value());
}

//> weight-average
void WeightAverage::update() {
  const double n = static_cast<double>(steps_());
  const double d = std::min(decay_, (1 + n) / (10 + n));
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    real* average = averages_[i].data();
    const real* w = std::as_const(weights_[i].second).value().data();
    parallel_entries(averages_[i].size(), [=](std::size_t j) {
      average[j] += static_cast<real>(1 - d) * (w[j] - average[j]);
    });
  }
  steps_() += 1;
}
//< weight-average

void WeightAverage::exchange() {
  for (std::size_t i = 0; i < weights_.size(); ++i)
    weights_[i].second.update(
        [&](Tensor& w) { std::swap_ranges(w.data(), w.data() + w.size(), averages_[i].data()); });
}

void WeightAverage::visit(Visitor& v) {
  for (std::size_t i = 0; i < weights_.size(); ++i) v(weights_[i].first, averages_[i]);
  v("steps", steps_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
