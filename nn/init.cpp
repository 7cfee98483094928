#include "nn/init.hpp"

#include <cmath>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Tensor symmetric(const Shape& shape, double bound, Rng& rng) {
  return uniform(shape, -bound, bound, rng);
}

// A weight of shape (out, in, ...) sums `in` times the kernel's area numbers into each output.
double fan_in(const Shape& shape) { return static_cast<double>(size_of(shape) / shape[0]); }
double fan_out(const Shape& shape) { return static_cast<double>(size_of(shape) / shape[1]); }

} // namespace

//> scaled
Tensor xavier_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / (fan_in(shape) + fan_out(shape))), rng);
}

Tensor kaiming_uniform(const Shape& shape, Rng& rng) {
  return symmetric(shape, std::sqrt(6 / fan_in(shape)), rng);
}
//< scaled

Tensor fan_uniform(const Shape& shape, std::size_t fan, Rng& rng) {
  return symmetric(shape, 1 / std::sqrt(static_cast<double>(fan)), rng);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
