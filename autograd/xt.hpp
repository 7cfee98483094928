// The one place that includes xtensor's expressions; public headers include only tensor.hpp.
// Releases from 0.26 on sort their headers into folders.
//
// x += f(y) adds entry by entry where all shapes agree; xtensor's own makes a temporary first.
//
// Two rules keep lazy expressions from dangling: never `auto` for an expression, and no function
// returns one.
#pragma once

#include "autograd/tensor.hpp"

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/core/xmath.hpp>
#include <xtensor/core/xnoalias.hpp>
#include <xtensor/views/xstrided_view.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>
#endif

namespace tapestry::inline TAPESTRY_PRECISION {

/// Whether all tensors in an expression have this shape: then its entry i needs only theirs.
template <class E> bool all_have_shape(const Shape&, const E&) { return false; } // a view: unknown
inline bool all_have_shape(const Shape& shape, const Tensor& x) { return x.shape() == shape; }
template <class T> bool all_have_shape(const Shape&, const xt::xscalar<T>&) { return true; }
template <class F, class... Arguments>
bool all_have_shape(const Shape& shape, const xt::xfunction<F, Arguments...>& f) {
  return std::apply([&](const auto&... x) { return (all_have_shape(shape, x) && ...); },
                    f.arguments());
}

/// x = e, an expression of x.
template <class E> Tensor& update(Tensor& x, const E& e) {
  if (!all_have_shape(x.shape(), e)) return x = e;
  xt::linear_assigner<xt::xassign_traits<Tensor, E>::simd_linear_assign()>::run(x, e);
  return x;
}

template <class E> Tensor& operator+=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x + e.derived_cast());
}
template <class E> Tensor& operator-=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x - e.derived_cast());
}

} // namespace tapestry::inline TAPESTRY_PRECISION
