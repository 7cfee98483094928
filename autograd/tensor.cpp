#include "autograd/tensor.hpp"

#include <algorithm>

#include <fmt/ranges.h>

namespace tapestry::inline TAPESTRY_PRECISION {

std::string to_string(const Shape& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::size_t size_of(const Shape& shape) {
  std::size_t n = 1;
  for (std::size_t s : shape) n *= s;
  return n;
}

Tensor full(const Shape& shape, real value) {
  Tensor t = Tensor::from_shape(shape);
  std::fill_n(t.data(), t.size(), value);
  return t;
}

Tensor reshaped(const Tensor& x, const Shape& shape) {
  Tensor t = x;
  t.reshape(shape);
  return t;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
