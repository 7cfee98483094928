// A register of which only some lanes are read or written, as at the margins of a picture, and
// every second lane of two, as for a stride of 2.
#pragma once

#include <cstdint>
#include <type_traits>

#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Lanes begin .. end-1. The others are read as 0 and not written: what would lie there in memory
/// is not touched. AVX-512 can leave lanes out; elsewhere it is slower.
class SomeLanes {
public:
  SomeLanes(std::size_t begin, std::size_t end)
      : begin_(static_cast<std::uint32_t>(begin)),
        end_(static_cast<std::uint32_t>(begin < end ? end : begin)),
        mask_(static_cast<Mask>((1u << end_) - (1u << begin_))) {}

  std::size_t begin() const { return begin_; }
  std::size_t end() const { return end_; }

  /// from: the address of lane 0, whether it may be read or not
  Lanes load(const real* from) const {
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
    return _mm512_maskz_loadu_pd(mask_, from);
#elif defined(__AVX512F__)
    return _mm512_maskz_loadu_ps(mask_, from);
#else
    if (end_ - begin_ == lanes) return Lanes::load_unaligned(from);
    alignas(64) real copy[lanes] = {};
    for (std::size_t i = begin_; i < end_; ++i) copy[i] = from[i];
    return Lanes::load_aligned(copy);
#endif
  }
  void store(real* to, const Lanes& v) const {
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
    _mm512_mask_storeu_pd(to, mask_, v);
#elif defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, mask_, v);
#else
    if (end_ - begin_ == lanes) return v.store_unaligned(to);
    alignas(64) real copy[lanes];
    v.store_aligned(copy);
    for (std::size_t i = begin_; i < end_; ++i) to[i] = copy[i];
#endif
  }

private:
  using Mask = std::conditional_t<lanes == 16, std::uint16_t, std::uint8_t>;
  std::uint32_t begin_, end_;
  Mask mask_;
};

/// Lanes first, first + 2, ... of a and b, one behind the other. first: 0 or 1
template <std::size_t first> Lanes every_second(const Lanes& a, const Lanes& b) {
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
  const __m512i which = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
  return _mm512_permutex2var_pd(a, _mm512_add_epi64(which, _mm512_set1_epi64(first)), b);
#elif defined(__AVX512F__)
  const __m512i which =
      _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  return _mm512_permutex2var_ps(a, _mm512_add_epi32(which, _mm512_set1_epi32(first)), b);
#else
  alignas(64) real both[2 * lanes], some[lanes];
  a.store_aligned(both);
  b.store_aligned(both + lanes);
  for (std::size_t i = 0; i < lanes; ++i) some[i] = both[2 * i + first];
  return Lanes::load_aligned(some);
#endif
}

} // namespace tapestry::inline TAPESTRY_PRECISION
