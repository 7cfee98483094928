#include "nn/linear_log_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// A row's products become its log probabilities. row, bias: (n)
void log_softmax_row(std::size_t n, real* row, const real* bias) {
  real largest = -std::numeric_limits<real>::infinity(), total = 0;
  for (std::size_t j = 0; j < n; ++j) {
    row[j] += bias[j];
    largest = std::max(largest, row[j]);
  }
  Lanes sums(real{0});
  std::size_t j = 0;
  for (; j + lanes <= n; j += lanes)
    sums += xsimd::exp(Lanes::load_unaligned(row + j) - Lanes(largest));
  for (; j < n; ++j) total += std::exp(row[j] - largest);
  real each[lanes];
  sums.store_unaligned(each);
  for (const real sum : each) total += sum;
  const real shift = largest + std::log(total);
  for (j = 0; j < n; ++j) row[j] -= shift;
}

} // namespace

Tensor linear_log_softmax(const Tensor& x, const Panels& weight, const Tensor& bias) {
  const std::size_t n = x.shape()[0], k = x.shape()[1], words = bias.size();
  Tensor y = Tensor::from_shape({n, words});
  const std::size_t chunk = 4 * Panels::tile_rows; // so few rows that they stay in the cache
  const auto some = [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t first = c * chunk, rows = std::min(chunk, n - first);
      weight.product(rows, {x.data() + first * k, k}, y.data() + first * words, words, false);
      for (std::size_t i = first; i < first + rows; ++i)
        log_softmax_row(words, y.data() + i * words, bias.data());
    }
  };
  const std::size_t chunks = (n + chunk - 1) / chunk;
  parallel_ranges(chunks, std::min(chunks, parts_of(n * words * k, enough_products)),
                  std::ref(some));
  return y;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
