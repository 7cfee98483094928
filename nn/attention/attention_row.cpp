#include "nn/attention/attention_row.hpp"

#include <algorithm>
#include <numeric>

#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Half the work of xsimd's. Near 0 it is exact to the last bit of 1, not of x: enough for a score.
Lanes score_tanh(const Lanes& x) { return 1 - 2 / (1 + xsimd::exp(2 * x)); }

real sum_of(const Lanes& x) {
  real each[lanes];
  x.store_unaligned(each);
  return std::accumulate(each, each + lanes, real{0});
}

real dot_row(std::size_t n, const real* a, const real* b) {
  Lanes sum(real{0});
  for_lanes(n, [&](auto at) { sum = xsimd::fma(at.load(a), at.load(b), sum); });
  return sum_of(sum);
}

real score(const AttentionView& to, const real* query, const real* key) {
  if (!to.v) return dot_row(to.key_size, query, key);
  Lanes sum(real{0});
  for_lanes(to.key_size, [&](auto at) { // v is 0 beyond its end
    sum = xsimd::fma(at.load(to.v), score_tanh(at.load(query) + at.load(key)), sum);
  });
  return sum_of(sum);
}

// Scores become their softmax. w: (n)
void softmax_row(std::size_t n, real* w) {
  const Lanes largest(*std::max_element(w, w + n));
  for_lanes(n, [&](auto at) { at.store(w, xsimd::exp(at.load(w) - largest)); });
  real total = 0;
  for (std::size_t j = 0; j < n; ++j) total += w[j];
  for (std::size_t j = 0; j < n; ++j) w[j] /= total;
}

} // namespace

void attend_row(const AttentionView& to, const real* query, real* weights, real* context) {
  for (std::size_t j = 0; j < to.places; ++j)
    weights[j] = score(to, query, to.keys + j * to.key_size);
  softmax_row(to.places, weights);
  for_lanes(to.value_size, [&](auto at) {
    Lanes sum(real{0});
    for (std::size_t j = 0; j < to.places; ++j)
      sum = xsimd::fma(Lanes(weights[j]), at.load(to.values + j * to.value_size), sum);
    at.store(context, sum);
  });
}

//> attention-pullback
void attend_row_back(const AttentionView& to, const real* query, const real* weights,
                     const real* dcontext, const AttentionGradients& g) {
  real mean = 0; // of the weights' gradients, so weighted
  for (std::size_t j = 0; j < to.places; ++j) {
    g.dweights[j] = dot_row(to.value_size, dcontext, to.values + j * to.value_size);
    mean += weights[j] * g.dweights[j];
  }
  for (std::size_t j = 0; j < to.places; ++j) {
    const Lanes de(weights[j] * (g.dweights[j] - mean)); // through the softmax
    const real* key = to.keys + j * to.key_size;
    real* dkey = g.dkeys ? g.dkeys + j * to.key_size : nullptr;
    for_lanes(to.key_size, [&](auto at) {
      const auto add = [at](real* sum, const Lanes& x) { at.store(sum, at.load(sum) + x); };
      if (!to.v) { // score = query' key
        add(g.dquery, de * at.load(key));
        if (dkey) add(dkey, de * at.load(query));
        return;
      }
      const Lanes t = score_tanh(at.load(query) + at.load(key)); // score = v' t
      const Lanes dsum = de * at.load(to.v) * (1 - t * t);
      add(g.dquery, dsum);
      if (dkey) add(dkey, dsum);
      if (g.dv) add(g.dv, de * t);
    });
  }
}
//< attention-pullback

} // namespace tapestry::inline TAPESTRY_PRECISION
