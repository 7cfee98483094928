// Loops over neighbours, a vector register at a time. For .cpp files of fast operators only.
#pragma once

#include <cstddef>

#include <xsimd/xsimd.hpp>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// As many numbers as one register holds: 16 floats with AVX-512.
using Lanes = xsimd::batch<real>;
inline constexpr std::size_t lanes = Lanes::size;

/// A place in the middle of an array: a register's worth of neighbours.
struct WholeLanes {
  std::size_t i;
  Lanes load(const real* x) const { return Lanes::load_unaligned(x + i); }
  void store(real* x, const Lanes& v) const { v.store_unaligned(x + i); }
};

/// The place at its end, where fewer are left: what is beyond is read as 0 and not written.
struct LastLanes {
  std::size_t i, left;
  Lanes load(const real* x) const {
    alignas(64) real buffer[Lanes::size] = {};
    for (std::size_t j = 0; j < left; ++j) buffer[j] = x[i + j];
    return Lanes::load_aligned(buffer);
  }
  void store(real* x, const Lanes& v) const {
    alignas(64) real buffer[Lanes::size];
    v.store_aligned(buffer);
    for (std::size_t j = 0; j < left; ++j) x[i + j] = buffer[j];
  }
};

/// Calls f(at) for every place of 0 .. n-1; f reads with at.load(x) and writes with at.store(x, v).
template <class F> void for_lanes(std::size_t n, F f) {
  std::size_t i = 0;
  for (; i + Lanes::size <= n; i += Lanes::size) f(WholeLanes{i});
  if (i < n) f(LastLanes{i, n - i});
}

/// Not (1 + tanh(x / 2)) / 2, which is 0 long before sigmoid(x) is.
inline Lanes sigmoid(const Lanes& x) { return 1 / (1 + xsimd::exp(-x)); }

} // namespace tapestry::inline TAPESTRY_PRECISION
