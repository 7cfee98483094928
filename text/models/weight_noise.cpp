#include "text/models/weight_noise.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {

WeightNoise::WeightNoise(std::vector<Parameter> parameters, double deviation, Rng& rng)
    : parameters_(std::move(parameters)) {
  if (!(deviation >= 0) || !std::isfinite(deviation))
    throw std::invalid_argument(
        fmt::format("WeightNoise: deviation {}; it must be a number from 0", deviation));
  if (deviation == 0) parameters_.clear();
  for (Parameter& p : parameters_) {
    before_.push_back(p.value());
    p.update([&](Tensor& w) {
      for (real& x : w) x += static_cast<real>(deviation * rng.normal());
    });
  }
}

WeightNoise::~WeightNoise() {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i].update([&](Tensor& w) { std::copy_n(before_[i].data(), w.size(), w.data()); });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
