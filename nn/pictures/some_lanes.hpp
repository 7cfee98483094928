// A register of which only some lanes are read or written, as at the margins of a picture, and one
// whose lanes are picked from two others, as every second one for a stride of 2.
#pragma once

#include <cstdint>
#include <type_traits>

#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Lanes begin .. end-1. The others are read as 0 and not written: what would lie there in memory
/// is not touched. AVX-512 and, for floats, AVX2 can leave lanes out; elsewhere it is slower.
class SomeLanes {
public:
  SomeLanes() : SomeLanes(0, 0) {}
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
#elif defined(__AVX2__) && !defined(TAPESTRY_DOUBLE)
    return _mm256_maskload_ps(from, mask());
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
#elif defined(__AVX2__) && !defined(TAPESTRY_DOUBLE)
    _mm256_maskstore_ps(to, mask(), v);
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

#if defined(__AVX2__) && !defined(__AVX512F__)
  __m256i mask() const { // the sign of a lane says whether it is there
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_andnot_si256(
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(begin_)), lane),
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(end_)), lane));
  }
#endif
};

/// Takes the lanes of a register from two others.
class PickedLanes {
public:
  /// which(k): where lane k comes from, counted through both, one behind the other
  template <class Which> explicit PickedLanes(Which which) {
    for (std::size_t k = 0; k < lanes; ++k) which_[k] = static_cast<Index>(which(k));
  }

  Lanes operator()(const Lanes& a, const Lanes& b) const {
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
    return _mm512_permutex2var_pd(a, _mm512_loadu_si512(which_), b);
#elif defined(__AVX512F__)
    return _mm512_permutex2var_ps(a, _mm512_loadu_si512(which_), b);
#elif defined(__AVX2__) && !defined(TAPESTRY_DOUBLE)
    const __m256i which = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(which_));
    const __m256 of_b = _mm256_castsi256_ps(_mm256_slli_epi32(which, 28)); // 8 and more
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(a, which), _mm256_permutevar8x32_ps(b, which),
                            of_b);
#else
    alignas(64) real both[2 * lanes], picked[lanes];
    a.store_aligned(both);
    b.store_aligned(both + lanes);
    for (std::size_t k = 0; k < lanes; ++k) picked[k] = both[which_[k]];
    return Lanes::load_aligned(picked);
#endif
  }

private:
  using Index = std::conditional_t<sizeof(real) == 8, std::uint64_t, std::uint32_t>;
  Index which_[lanes];
};

} // namespace tapestry::inline TAPESTRY_PRECISION
