#include "nn/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Schedule step_schedule(std::size_t size, double gamma) {
  if (size == 0) throw std::invalid_argument("step_schedule: a cut every 0 steps");
  return [=](std::size_t step) { return std::pow(gamma, static_cast<double>(step / size)); };
}

//> cosine-warm-up
Schedule cosine_schedule(std::size_t total, double floor) {
  if (total == 0) throw std::invalid_argument("cosine_schedule: a cosine over 0 steps");
  return [=](std::size_t step) {
    const double done = static_cast<double>(std::min(step, total)) / static_cast<double>(total);
    return floor + (1 - floor) * (1 + std::cos(std::numbers::pi * done)) / 2;
  };
}

Schedule warm_up(std::size_t steps, Schedule after) {
  return [=](std::size_t step) {
    return step < steps ? static_cast<double>(step + 1) / static_cast<double>(steps)
                        : after(step - steps);
  };
}
//< cosine-warm-up

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
