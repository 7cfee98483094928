// What this chapter's programs need of linear algebra.
#pragma once

#include <cmath>

#include "autograd/base/product.hpp"
#include "autograd/xt.hpp"

namespace tapestry {

/// a: (m, k), b: (k, n) -> (m, n)
inline Tensor times(const Tensor& a, const Tensor& b) {
  const std::size_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  Tensor c = Tensor::from_shape({m, n});
  product(m, n, k, {a.data(), k}, {b.data(), n}, c.data(), n, false);
  return c;
}

/// a: (m, n) -> (n, m)
inline Tensor flipped(const Tensor& a) { return xt::transpose(a); }

/// Entry t of the first axis. x: (T, ...) -> (...)
inline Tensor at(const Tensor& x, std::size_t t) { return xt::view(x, t); }

/// The square root of the sum of all squares.
inline double norm(const Tensor& x) {
  double squares = 0;
  for (real v : x) squares += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(squares);
}

} // namespace tapestry
