// The one place that includes xtensor's expressions; public headers include only tensor.hpp.
// Releases from 0.26 on sort their headers into folders.
//
// x += f(y) adds entry by entry where all shapes agree; xtensor's own makes a temporary first. That
// and evaluated(f(x)) share large tensors out among the cores; `Tensor y = f(x)` does not.
//
// Two rules keep lazy expressions from dangling: never `auto` for an expression, and no function
// returns one.
#pragma once

#include <deque>
#include <type_traits>
#include <utility>

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

/// Whether an expression is made of tensors and numbers alone: of views, nothing is known.
template <class E> constexpr bool made_of_tensors = false;
template <> inline constexpr bool made_of_tensors<Tensor> = true;
template <class T> constexpr bool made_of_tensors<xt::xscalar<T>> = true;
template <class F, class... Arguments>
constexpr bool made_of_tensors<xt::xfunction<F, Arguments...>> =
    (made_of_tensors<std::decay_t<Arguments>> && ...);

/// Whether all tensors in an expression have this shape: then its entry i needs only theirs.
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
  parallel_runs(x.size(),
                [&](std::size_t begin, std::size_t end) { assign_entries(x, e, begin, end); });
}

/// x, repeated to this shape as a broadcast does.
Tensor repeated(const Tensor& x, const Shape& shape);

/// The same expression of tensors that all have this shape; those made for it are put into `made`.
inline const Tensor& of_one_shape(const Tensor& x, const Shape& shape, std::deque<Tensor>& made) {
  return x.shape() == shape ? x : made.emplace_back(repeated(x, shape));
}
template <class T>
const xt::xscalar<T>& of_one_shape(const xt::xscalar<T>& x, const Shape&, std::deque<Tensor>&) {
  return x;
}
template <class F, class... Arguments>
auto of_one_shape(const xt::xfunction<F, Arguments...>& f, const Shape& shape,
                  std::deque<Tensor>& made) {
  static_assert(
      ((!std::is_reference_v<Arguments> || std::is_same_v<std::decay_t<Arguments>, Tensor>)&&...),
      "an expression of an expression that has a name");
  return std::apply(
      [&](const auto&... x) {
        return xt::xfunction<F, Arguments...>(f.functor(), of_one_shape(x, shape, made)...);
      },
      f.arguments());
}

/// x = e, an expression of x. Where tensors broadcast they are repeated first: xtensor's own code
/// for all shapes takes as long to compile as everything else here.
template <class E> Tensor& update(Tensor& x, const E& e) {
  if constexpr (made_of_tensors<E>) {
    if (all_have_shape(x.shape(), e)) {
      assign_shared(x, e);
      return x;
    }
    std::deque<Tensor> made;
    Tensor y = Tensor::from_shape(Shape(e.shape().begin(), e.shape().end()));
    assign_shared(y, of_one_shape(e, y.shape(), made));
    return x = std::move(y);
  } else {
    return x = e;
  }
}

/// What an expression of tensors of one shape is.
template <class E> Tensor evaluated(const xt::xexpression<E>& expression) {
  const E& e = expression.derived_cast();
  Tensor y = Tensor::from_shape(Shape(e.shape().begin(), e.shape().end()));
  update(y, e);
  return y;
}

/// As xtensor holds an operand: a tensor by reference, an expression of tensors itself.
template <class E> using Held = std::conditional_t<std::is_same_v<E, Tensor>, const Tensor&, E>;

template <class E> Tensor& operator+=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x + Held<E>(e.derived_cast()));
}
template <class E> Tensor& operator-=(Tensor& x, const xt::xexpression<E>& e) {
  return update(x, x - Held<E>(e.derived_cast()));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
