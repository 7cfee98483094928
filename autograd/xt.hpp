// The one place that includes xtensor's expressions; public headers include only tensor.hpp.
// Releases from 0.26 on sort their headers into folders.
//
// x += f(y) adds entry by entry where all shapes agree; xtensor's own makes a temporary first. That
// and evaluate(f(x)) share large tensors out among the cores; `Tensor y = f(x)` does not.
//
// Two rules keep lazy expressions from dangling: never `auto` for an expression, and no function
// returns one.
#pragma once

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"
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

/// Entries begin .. end-1 of x = e, all of the same shape.
template <class E> void assign_entries(Tensor& x, const E& e, std::size_t begin, std::size_t end) {
  if constexpr (xt::xassign_traits<Tensor, E>::simd_linear_assign())
    for (; begin + Lanes::size <= end; begin += Lanes::size)
      x.template store_simd<xt_simd::aligned_mode>(
          begin, e.template load_simd<xt_simd::unaligned_mode, real>(begin));
  for (; begin < end; ++begin) x.data()[begin] = static_cast<real>(e.data_element(begin));
}

/// x = e, where all_have_shape. Whole registers to each thread: exp(x) in a register and exp(x) of
/// a single number may differ in the last bit, and must not where the threads' shares meet.
template <class E> void assign_shared(Tensor& x, const E& e) {
  const std::size_t n = x.size(), registers = n / Lanes::size;
  if (n < 2 * enough_steps) return assign_entries(x, e, 0, n);
  parallel_rows(registers, Lanes::size, [&](std::size_t begin, std::size_t end) {
    assign_entries(x, e, begin * Lanes::size, end == registers ? n : end * Lanes::size);
  });
}

/// x = e, an expression of x.
template <class E> Tensor& update(Tensor& x, const E& e) {
  if (!all_have_shape(x.shape(), e)) return x = e;
  assign_shared(x, e);
  return x;
}

/// The tensor that an expression stands for.
template <class E> Tensor evaluate(const xt::xexpression<E>& expression) {
  const E& e = expression.derived_cast();
  if (e.size() < 2 * enough_steps) return Tensor(e);
  Shape shape(e.dimension());
  std::copy(e.shape().begin(), e.shape().end(), shape.begin());
  if (!all_have_shape(shape, e)) return Tensor(e);
  Tensor x = Tensor::from_shape(shape);
  assign_shared(x, e);
  return x;
}

template <class E> Tensor& operator+=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x + e.derived_cast());
}
template <class E> Tensor& operator-=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x - e.derived_cast());
}

} // namespace tapestry::inline TAPESTRY_PRECISION
