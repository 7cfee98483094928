// What one gets without looking at the picture, or by looking one up.
#pragma once

#include <cmath>

#include "autograd/tensor.hpp"

namespace tapestry {

/// The row of `vectors` whose direction is nearest to that of `vector`. vectors: (N, E)
inline std::size_t nearest(const Tensor& vectors, const Tensor& vector) {
  const std::size_t width = vector.size();
  std::size_t best = 0;
  double most = -2;
  for (std::size_t i = 0; i < vectors.shape()[0]; ++i) {
    double product = 0, square = 0;
    for (std::size_t k = 0; k < width; ++k) {
      const auto x = static_cast<double>(vectors.data()[i * width + k]);
      product += x * static_cast<double>(vector.data()[k]);
      square += x * x;
    }
    const double cosine = product / std::sqrt(square + 1e-12); // but for the length of `vector`
    if (cosine > most || i == 0) most = cosine, best = i;
  }
  return best;
}

/// vectors: (N, E) -> (E)
inline Tensor mean_of(const Tensor& vectors) {
  const std::size_t n = vectors.shape()[0], width = vectors.shape()[1];
  Tensor mean = zeros({width});
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < width; ++k)
      mean.data()[k] += vectors.data()[i * width + k] / static_cast<real>(n);
  return mean;
}

} // namespace tapestry
