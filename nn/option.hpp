// Options that are out of range are refused by name.
#pragma once

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// Throws std::invalid_argument: "SGD: momentum is -1, expected at least 0". `fine` must hold.
inline void expect_option(bool fine, const char* what, const char* option, double value,
                          const char* expected) {
  if (!fine)
    throw std::invalid_argument(
        fmt::format("{}: {} is {}, expected {}", what, option, value, expected));
}

inline void expect_at_least_0(const char* what, const char* option, double value) {
  expect_option(value >= 0 && std::isfinite(value), what, option, value, "at least 0");
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
