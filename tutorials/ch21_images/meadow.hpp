// A picture drawn by formulas: sky, sun, two hills and a fence. What the chapter's programs work
// on.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "vision/images/resize.hpp"

namespace tapestry {

/// Red, green and blue at a point; x and y from 0 to 1, y downwards.
inline std::array<double, 3> meadow_colour(double x, double y) {
  const double near = 0.72 + 0.06 * std::sin(5 * x), far = 0.58 - 0.1 * std::sin(3 * x + 0.6);
  const bool post = std::fmod(x, 0.1) < 0.03 && y > near - 0.12 && y < near + 0.04;
  const bool rail = std::abs(y - near + 0.06) < 0.012;
  if (post || rail) return {0.45, 0.30, 0.18};
  if (y > near) return {0.36, 0.62, 0.22};
  if (y > far) return {0.20, 0.45, 0.28};
  if (std::hypot(x - 0.72, y - 0.25) < 0.11) return {1.0, 0.85, 0.30};
  return {0.45 + 0.35 * y, 0.65 + 0.25 * y, 0.95};
}

/// -> (3, side, side). Each pixel is the mean of 16 points in it.
inline Tensor meadow(std::size_t side) {
  const std::size_t fine = 4 * side;
  Tensor image = zeros({3, fine, fine});
  for (std::size_t y = 0; y < fine; ++y)
    for (std::size_t x = 0; x < fine; ++x) {
      const auto n = static_cast<double>(fine);
      const auto colour =
          meadow_colour((static_cast<double>(x) + 0.5) / n, (static_cast<double>(y) + 0.5) / n);
      for (std::size_t c = 0; c < 3; ++c) image(c, y, x) = static_cast<real>(colour[c]);
    }
  return resize(image, side, side, Filter::area);
}

/// Pictures (3, H, W) of one height side by side, `gap` white pixels between them.
inline Tensor side_by_side(const std::vector<Tensor>& pictures, std::size_t gap = 8) {
  std::size_t width = gap * (pictures.size() - 1), left = 0;
  for (const Tensor& picture : pictures) width += picture.shape(2);
  const std::size_t height = pictures.at(0).shape(1);
  Tensor all = ones({3, height, width});
  for (const Tensor& picture : pictures) {
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < picture.shape(2); ++x)
          all(c, y, left + x) = picture(picture.shape(0) == 3 ? c : 0, y, x);
    left += picture.shape(2) + gap;
  }
  return all;
}

} // namespace tapestry
