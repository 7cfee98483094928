// exp, log and pow of a register's worth of numbers, right at every number.
//
// xsimd's own are fast and good to the last digit or two where numbers are ordinary. Near overflow,
// for denormal numbers and for infinities they are not what the standard library gives, and so the
// last entries of an array, which one would compute alone, came out otherwise than those before
// them. Here such lanes are computed alone as well, so that what a number becomes depends on
// nothing but the number.
#pragma once

#include <cmath>
#include <limits>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// f(x) in the lanes that are marked, y in the others.
template <class F>
Lanes mended(const Lanes& y, const Lanes& x, const xsimd::batch_bool<real>& marked, F f) {
  if (!xsimd::any(marked)) return y;
  alignas(64) real in[Lanes::size], out[Lanes::size], mark[Lanes::size];
  x.store_aligned(in);
  y.store_aligned(out);
  xsimd::select(marked, Lanes(1), Lanes(0)).store_aligned(mark);
  for (std::size_t i = 0; i < Lanes::size; ++i)
    if (mark[i] != 0) out[i] = f(in[i]);
  return Lanes::load_aligned(out);
}

inline Lanes exp_lanes(const Lanes& x) {
  // the largest and the smallest ordinary results, with a margin, and the smallest of all
  constexpr real high = sizeof(real) == 8 ? 709 : 88, over = sizeof(real) == 8 ? 710 : 89;
  constexpr real low = sizeof(real) == 8 ? -708 : -87, none = sizeof(real) == 8 ? -746 : -104;
  return mended(xsimd::exp(x), x, (x > high && x < over) || (x < low && x > none),
                [](real v) { return std::exp(v); });
}

inline Lanes log_lanes(const Lanes& x) {
  return mended(xsimd::log(x), x, x > 0 && x < std::numeric_limits<real>::min(),
                [](real v) { return std::log(v); });
}

/// x to the power p. A root is sqrt's, and so are its values at -0 and -infinity, as in PyTorch.
inline Lanes pow_lanes(const Lanes& x, real p) {
  if (p == 0) return Lanes(1);
  if (p == 1) return x;
  if (p == 2) return x * x;
  if (p == 3) return x * x * x;
  if (p == -1) return 1 / x;
  if (p == real(0.5)) return xsimd::sqrt(x);
  if (p == real(-0.5)) return 1 / xsimd::sqrt(x);
  constexpr real least = std::numeric_limits<real>::min(), most = std::numeric_limits<real>::max();
  const Lanes y = xsimd::pow(x, Lanes(p));
  const auto ordinary = x >= least && x <= most && y >= least * 2 && y <= most / 2;
  return mended(y, x, !ordinary, [p](real v) { return std::pow(v, p); });
}

/// f of every entry; f maps a register to a register. Large tensors are shared by the cores.
template <class F> Tensor mapped(const Tensor& x, F f) {
  Tensor y = Tensor::from_shape(x.shape());
  const real* const from = x.data();
  real* const to = y.data();
  parallel_runs(x.size(), [=](std::size_t begin, std::size_t end) {
    for_lanes(end - begin, [=](const auto& at) { at.store(to + begin, f(at.load(from + begin))); });
  });
  return y;
}

inline Tensor exp_of(const Tensor& x) {
  return mapped(x, [](const Lanes& v) { return exp_lanes(v); });
}
inline Tensor log_of(const Tensor& x) {
  return mapped(x, [](const Lanes& v) { return log_lanes(v); });
}
inline Tensor pow_of(const Tensor& x, real p) {
  return mapped(x, [p](const Lanes& v) { return pow_lanes(v, p); });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
