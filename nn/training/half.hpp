// Half floats (IEEE 754 binary16): 1 sign bit, 5 of exponent, 10 of fraction. Files have them,
// xtensor and xsimd do not.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace tapestry {

/// Exact: a float holds every half.
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 31u;
  const std::uint32_t fraction = half & 1023u;
  if (exponent == 0) // no leading 1: a multiple of the smallest half
    return std::copysign(static_cast<float>(fraction) * 0x1p-24f, std::bit_cast<float>(sign));
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 127 - 15;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// The nearest half, of two as near the even one; from 65520 on infinity.
inline std::uint16_t float_to_half(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x), size = bits & 0x7fffffffu;
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const float magnitude = std::bit_cast<float>(size);
  std::uint32_t half = std::isnan(x) ? 0x7e00u : 0x7c00u;
  if (magnitude < 0x1p-14f)
    half = static_cast<std::uint32_t>(std::nearbyint(magnitude * 0x1p24f));
  else if (magnitude < 65520) // of 23 bits of fraction, 13 go; a carry moves on into the exponent
    half = (size + 0xfffu + ((size >> 13) & 1u) - (112u << 23)) >> 13;
  return static_cast<std::uint16_t>(sign | half);
}

} // namespace tapestry
