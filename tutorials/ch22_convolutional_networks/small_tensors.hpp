// What the chapter's small programs share: a convolution in plain loops, differences, inner
// products, and planes printed as tables.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/tensor.hpp"

namespace tapestry {

//> direct
/// Convolution, in plain loops. x: (B, C, H, W), w: (O, C, k, k) -> (B, O, H', W')
inline Tensor direct_conv2d(const Tensor& x, const Tensor& w, std::size_t stride = 1,
                            std::size_t padding = 0, std::size_t dilation = 1) {
  const std::size_t k = w.shape(2), reach = dilation * (k - 1) + 1;
  const std::size_t height = (x.shape(2) + 2 * padding - reach) / stride + 1;
  const std::size_t width = (x.shape(3) + 2 * padding - reach) / stride + 1;
  Tensor y = zeros({x.shape(0), w.shape(0), height, width});
  for (std::size_t b = 0; b < x.shape(0); ++b)
    for (std::size_t o = 0; o < w.shape(0); ++o)
      for (std::size_t p = 0; p < height; ++p)
        for (std::size_t q = 0; q < width; ++q)
          for (std::size_t c = 0; c < x.shape(1); ++c)
            for (std::size_t i = 0; i < k; ++i)
              for (std::size_t j = 0; j < k; ++j) {
                const std::size_t row = p * stride + i * dilation - padding;    // wraps above the
                const std::size_t column = q * stride + j * dilation - padding; // picture
                if (row < x.shape(2) && column < x.shape(3))
                  y(b, o, p, q) += w(o, c, i, j) * x(b, c, row, column);
              }
  return y;
}
//< direct

inline double largest_difference(const Tensor& a, const Tensor& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(double{a.data()[i]} - double{b.data()[i]}));
  return worst;
}

inline double largest_entry(const Tensor& a) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(double{a.data()[i]}));
  return most;
}

/// A difference; what is only rounding is not shown digit by digit.
inline std::string shown(double difference) {
  return difference < 1e-12 ? "less than 1e-12" : fmt::format("{:.3f}", difference);
}

inline double inner_product(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a.data()[i]} * double{b.data()[i]};
  return sum;
}

/// A matrix of small whole numbers, in columns of `width` characters.
inline void print_plane(const std::string& title, const Tensor& x, std::size_t columns,
                        int width = 4) {
  fmt::print("{}:\n", title);
  for (std::size_t i = 0; i < x.size(); ++i)
    fmt::print("{:{}.0f}{}", x.data()[i] + 0.0, width, (i + 1) % columns == 0 ? "\n" : "");
  fmt::print("\n");
}

} // namespace tapestry
