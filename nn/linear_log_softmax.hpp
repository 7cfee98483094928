// The last layer of a decoder: scores of all words, and their logarithms as probabilities.
#pragma once

#include "autograd/base/panels.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// log_softmax(linear(x, weight, bias)), for searches, which want no gradient: nothing is recorded,
/// the weight is packed once for all steps, and a row's scores are normalised while they are still
/// in the cache. x: (n, K), weight: (V, K), packed for x weight^T, bias: (V) -> (n, V)
Tensor linear_log_softmax(const Tensor& x, const Panels& weight, const Tensor& bias);

} // namespace tapestry::inline TAPESTRY_PRECISION
