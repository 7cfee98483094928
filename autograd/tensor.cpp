#include "autograd/tensor.hpp"

#include <algorithm>
#include <limits>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::string to_string(const Shape& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::size_t size_of(const Shape& shape) {
  const std::optional<std::size_t> n = countable_size(shape);
  if (!n) throw ShapeError(to_string(shape) + ": more entries than there are addresses");
  return *n;
}

std::optional<std::size_t> countable_size(const Shape& shape) {
  std::size_t n = 1;
  for (std::size_t s : shape)
    if (s == 0) return 0;
  for (std::size_t s : shape) {
    if (s > std::numeric_limits<std::size_t>::max() / n) return {};
    n *= s;
  }
  return n;
}

Tensor full(const Shape& shape, real value) {
  (void)size_of(shape); // xtensor multiplies sizes without a look at what comes out
  Tensor t = Tensor::from_shape(shape);
  fill(t, value);
  return t;
}

void fill(Tensor& x, real value) {
  parallel_runs(x.size(), [&](std::size_t begin, std::size_t end) {
    std::fill(x.data() + begin, x.data() + end, value);
  });
}

Tensor reshaped(const Tensor& x, const Shape& shape) {
  Tensor t = x;
  t.reshape(shape);
  return t;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
