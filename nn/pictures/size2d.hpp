// Sizes along the two axes of a picture.
#pragma once

#include <cstddef>

namespace tapestry {

/// A number for the vertical and one for the horizontal axis; one number alone stands for both:
/// `.stride = 2`, `.kernel_size = {3, 5}`.
struct Size2d {
  std::size_t height = 0, width = 0;

  constexpr Size2d() = default;
  constexpr Size2d(std::size_t both) : height(both), width(both) {}
  constexpr Size2d(std::size_t h, std::size_t w) : height(h), width(w) {}
  friend constexpr bool operator==(const Size2d&, const Size2d&) = default;
};

/// Rows and columns of zeros around a picture: `.padding = 1` on all sides, `{1, 2}` above and
/// below and at the sides, `{0, 1, 0, 1}` above, below, left and right.
struct Padding2d {
  std::size_t top = 0, bottom = 0, left = 0, right = 0;

  constexpr Padding2d() = default;
  constexpr Padding2d(std::size_t all) : Padding2d(all, all, all, all) {}
  constexpr Padding2d(std::size_t h, std::size_t w) : Padding2d(h, h, w, w) {}
  constexpr Padding2d(std::size_t t, std::size_t b, std::size_t l, std::size_t r)
      : top(t), bottom(b), left(l), right(r) {}
};

} // namespace tapestry
