// Broadcasting, and its reverse: what was repeated forward is summed backward.
//
// Here stand the loops of all operators of two tensors. An operator gives them a function of single
// entries; the compiler makes loops over registers of it.
#pragma once

#include <algorithm>

#include "autograd/operand.hpp"
#include "autograd/operators/walk.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The shape that a and b broadcast to (NumPy's rule: aligned at the last axis, sizes equal or 1),
/// or the ShapeError of `op`.
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b);

/// Adds g to grad; where grad's shape was broadcast to g's, sums over the repeated axes.
void sum_into(Tensor& grad, const Tensor& g);

/// Adds g to grad, repeated along the axes at which `kept`, g's shape with ones for the axes that
/// it lacks, has a 1: what was summed forward is repeated backward.
void spread_into(Tensor& grad, const Tensor& g, const Shape& kept);

//> sum-run
/// The sum of n neighbours, in 16 interleaved partial sums: four vector registers' worth, and a
/// smaller rounding error than one running sum.
inline real sum_run(const real* x, std::size_t n) {
  real partial[16] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t j = 0; j < 16; ++j) partial[j] += x[i + j];
  for (std::size_t j = 0; i < n; ++i, ++j) partial[j] += x[i];
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) partial[j] += partial[j + half];
  return partial[0];
}
//< sum-run

/// The same for a choice among n neighbours, such as the larger of two; `first` where n is 0.
template <class Choose>
real fold_run(const real* x, std::size_t n, real first, const Choose& choose) {
  real best[16];
  std::fill_n(best, 16, first);
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t j = 0; j < 16; ++j) best[j] = choose(x[i + j], best[j]);
  for (std::size_t j = 0; i < n; ++i, ++j) best[j] = choose(x[i], best[j]);
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) best[j] = choose(best[j], best[j + half]);
  return best[0];
}

/// The sum of term(0) .. term(n-1), computed a few hundred at a time and then added up.
template <class Term> real sum_terms(std::size_t n, const Term& term) {
  real terms[256], total = 0;
  for (std::size_t begin = 0; begin < n; begin += 256) {
    const std::size_t m = std::min<std::size_t>(256, n - begin);
    for (std::size_t i = 0; i < m; ++i) terms[i] = term(begin + i);
    total += sum_run(terms, m);
  }
  return total;
}

/// put(to[...], a[...], b[...]) for every entry of `to`; a and b broadcast to its shape.
template <class Put> void for_each_pair(Tensor& to, const Tensor& a, const Tensor& b, Put put) {
  const BroadcastWalk walk(to.shape(), a.shape(), b.shape());
  const bool a_moves = walk.p[0] != 0, b_moves = walk.q[0] != 0;
  real* const t = to.data();
  const real *const x = a.data(), *const y = b.data();
  for_each_run(walk, Written::big, [=](std::size_t i, std::size_t j, std::size_t k, std::size_t n) {
    real* const out = t + i;
    const real *const u = x + j, *const v = y + k, one_u = *u, one_v = *v;
    if (a_moves && b_moves)
      for (std::size_t m = 0; m < n; ++m) put(out[m], u[m], v[m]);
    else if (a_moves)
      for (std::size_t m = 0; m < n; ++m) put(out[m], u[m], one_v);
    else if (b_moves)
      for (std::size_t m = 0; m < n; ++m) put(out[m], one_u, v[m]);
    else
      for (std::size_t m = 0; m < n; ++m) put(out[m], one_u, one_v);
  });
}

/// f(a, b) entry by entry; a and b broadcast to `shape`.
template <class F> Tensor combined(const Tensor& a, const Tensor& b, const Shape& shape, F f) {
  Tensor result = Tensor::from_shape(shape);
  for_each_pair(result, a, b, [f](real& y, real s, real t) { y = f(s, t); });
  return result;
}
template <class F> Tensor combined(const char* op, const Operand& a, const Operand& b, F f) {
  return combined(a.value(), b.value(), broadcast_shape(op, a, b), f);
}

/// to += f(a, b) entry by entry; a and b broadcast to its shape.
template <class F> void combine_into(Tensor& to, const Tensor& a, const Tensor& b, F f) {
  for_each_pair(to, a, b, [f](real& y, real s, real t) { y += f(s, t); });
}

/// The pull-back of y = op(x, other) to x, if x wants one: adds slope(dy, x, other) for every entry
/// of y to the entry of x's gradient that it was computed from.
template <class Slope>
void pull_to(const Operand& x, const Operand& other, const Var& y, Slope slope) {
  if (!x.needs_grad()) return;
  const BroadcastWalk walk(y.shape(), x.shape(), other.shape());
  const bool x_moves = walk.p[0] != 0, other_moves = walk.q[0] != 0;
  real* const dx = x.grad().data();
  const real *const dy = y.grad().data(), *const s = x.value().data(),
                    *const t = other.value().data();
  for_each_run(walk, Written::p, [=](std::size_t i, std::size_t j, std::size_t k, std::size_t n) {
    real* const d = dx + j;
    const real *const g = dy + i, *const u = s + j, *const v = t + k;
    const real one_u = *u, one_v = *v;
    if (x_moves && other_moves)
      for (std::size_t m = 0; m < n; ++m) d[m] += slope(g[m], u[m], v[m]);
    else if (x_moves)
      for (std::size_t m = 0; m < n; ++m) d[m] += slope(g[m], u[m], one_v);
    else
      *d += sum_terms(n, [=](std::size_t m) { return slope(g[m], one_u, v[m]); });
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
