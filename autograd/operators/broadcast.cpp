#include "autograd/operators/broadcast.hpp"

#include <fmt/format.h>

#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> broadcast-shape
Shape broadcast_shape(const char* op, const Operand& a, const Operand& b) {
  const Shape &s = a.shape(), &t = b.shape();
  Shape result(std::max(s.size(), t.size()), 1);
  for (std::size_t i = 1; i <= result.size(); ++i) { // from the last axis
    const std::size_t m = i <= s.size() ? s[s.size() - i] : 1;
    const std::size_t n = i <= t.size() ? t[t.size() - i] : 1;
    if (m != n && m != 1 && n != 1)
      shape_error(op, {a, b}, fmt::format("sizes {} and {} on axis -{} do not broadcast", m, n, i));
    result[result.size() - i] = m == 1 ? n : m;
  }
  return result;
}
//< broadcast-shape

void sum_into(Tensor& grad, const Tensor& g) {
  if (grad.shape() == g.shape()) {
    grad += g;
    return;
  }
  //> sum-into
  Shape small(g.dimension() - grad.dimension(), 1); // grad's shape, filled up with ones in front
  for (std::size_t s : grad.shape()) small.push_back(s);
  real* to = grad.data();
  const real* from = g.data();
  for_each_run(g.shape(), small,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 if (step == 0)
                   to[j] += sum_run(from + i, n);
                 else
                   for (std::size_t k = 0; k < n; ++k) to[j + k] += from[i + k];
               });
  //< sum-into
}

void spread_into(Tensor& grad, const Tensor& g, const Shape& kept) {
  if (grad.shape() == g.shape()) {
    grad += g;
    return;
  }
  const BroadcastWalk walk(grad.shape(), kept, kept);
  const bool moves = walk.p[0] != 0;
  real* to = grad.data();
  const real* from = g.data();
  for_each_run(walk, Written::big, [=](std::size_t i, std::size_t j, std::size_t, std::size_t n) {
    if (moves)
      for (std::size_t k = 0; k < n; ++k) to[i + k] += from[j + k];
    else
      for (std::size_t k = 0; k < n; ++k) to[i + k] += from[j];
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
