#include "nn/init.hpp"

#include <cmath>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Tensor symmetric(const Shape& shape, double bound, Rng& rng) {
  return uniform(shape, -bound, bound, rng);
}

// A weight of shape (out, in, ...) sums `in` times the kernel's area numbers into each output.
double fan(const Shape& shape, std::size_t axis) {
  if (shape.size() < 2)
    throw ShapeError("a weight of shape " + to_string(shape) +
                     " has no fan in and fan out; expected (out, in, ...)");
  std::size_t n = shape[axis];
  for (std::size_t i = 2; i < shape.size(); ++i) n *= shape[i];
  return static_cast<double>(n);
}
double fan_in(const Shape& shape) { return fan(shape, 1); }
double fan_out(const Shape& shape) { return fan(shape, 0); }

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
  return symmetric(shape, fan > 0 ? 1 / std::sqrt(static_cast<double>(fan)) : 0, rng);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
