#include "nn/pictures/options.hpp"

#include <cstdint>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {
namespace {

constexpr std::size_t largest_option = std::numeric_limits<std::int32_t>::max();

bool fits(std::size_t value, std::size_t least) {
  return value >= least && value <= largest_option;
}

// -1 is shown as it was written, not as 18446744073709551615.
std::string shown(std::size_t value) { return fmt::to_string(static_cast<std::int64_t>(value)); }

std::string expected_of(std::size_t value, std::size_t least) {
  const bool small = static_cast<std::int64_t>(value) < static_cast<std::int64_t>(least);
  return small ? fmt::format("at least {}", least) : fmt::format("at most {}", largest_option);
}

} // namespace

void bad_option(const char* layer, const char* option, const std::string& value,
                const std::string& expected) {
  throw std::invalid_argument(
      fmt::format("{}: {} is {}, expected {}", layer, option, value, expected));
}

void check_option(const char* layer, const char* option, std::size_t value, std::size_t least) {
  if (!fits(value, least)) bad_option(layer, option, shown(value), expected_of(value, least));
}

void check_option(const char* layer, const char* option, const Size2d& v, std::size_t least) {
  if (v.height == v.width) return check_option(layer, option, v.height, least);
  if (!fits(v.height, least) || !fits(v.width, least))
    bad_option(layer, option, fmt::format("({}, {})", shown(v.height), shown(v.width)),
               expected_of(fits(v.height, least) ? v.width : v.height, least));
}

void check_option(const char* layer, const char* option, const Padding2d& v) {
  const Size2d vertical{v.top, v.bottom}, horizontal{v.left, v.right};
  if (vertical == horizontal) return check_option(layer, option, vertical, 0);
  if (v.top == v.bottom && v.left == v.right)
    return check_option(layer, option, Size2d{v.top, v.left}, 0);
  for (std::size_t side : {v.top, v.bottom, v.left, v.right})
    if (!fits(side, 0))
      bad_option(layer, option,
                 fmt::format("({}, {}, {}, {})", shown(v.top), shown(v.bottom), shown(v.left),
                             shown(v.right)),
                 expected_of(side, 0));
}

void check_pool(const char* layer, const Size2d& kernel, const Size2d& stride,
                const Size2d& padding) {
  check_option(layer, "kernel_size", kernel, 1);
  check_option(layer, "stride", stride, stride == Size2d(0) ? 0 : 1);
  check_option(layer, "padding", padding, 0);
  if (2 * padding.height > kernel.height || 2 * padding.width > kernel.width)
    bad_option(layer, "padding", fmt::format("({}, {})", padding.height, padding.width),
               fmt::format("at most half of the kernel, ({}, {})", kernel.height, kernel.width));
}

void check_option(const char* layer, const char* option, double value, double low, double high) {
  if (!(value >= low && value <= high))
    bad_option(layer, option, fmt::format("{}", value),
               high == std::numeric_limits<double>::max()
                   ? fmt::format("at least {}", low)
                   : fmt::format("a number from {} to {}", low, high));
}

} // namespace tapestry
