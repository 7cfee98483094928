// What one step of attention does to one row of a batch, there and back, in plain memory.
#pragma once

#include <cstddef>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What a row looks at: a sentence of `places` keys and values, row after row.
struct AttentionView {
  std::size_t places, key_size, value_size; ///< S, K, A
  const real *keys, *values;                ///< (S, K), (S, A)
  const real* v;                            ///< (K) of additive scores, or null: products
};

/// query: (K) -> weights: (S), context: (A)
void attend_row(const AttentionView& to, const real* query, real* weights, real* context);

/// Where the gradients go, which are added; dweights: (S) is room for those of the weights.
struct AttentionGradients {
  real *dweights, *dquery; ///< (S), (K)
  real* dkeys;             ///< (S, K), or null
  real* dv;                ///< (K), or null
};

/// From the gradient of the context, (A). The tanhs are computed again: to keep them would take K
/// numbers for every pair of a step and a place. That of the values, weights' dcontext, is a matrix
/// product over all steps, and not done here.
void attend_row_back(const AttentionView& to, const real* query, const real* weights,
                     const real* dcontext, const AttentionGradients& g);

} // namespace tapestry::inline TAPESTRY_PRECISION
