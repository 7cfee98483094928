// Answers to 'Break it': blurred for the wrong size, a border that is too dark, a wrong order.
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;

namespace {

Tensor long_wave(double frequency, std::size_t n) {
  Tensor image = zeros({1, 1, n});
  for (std::size_t i = 0; i < n; ++i)
    image(0, 0, i) =
        static_cast<real>(std::cos(2 * std::numbers::pi * frequency * static_cast<double>(i)));
  return image;
}

double amplitude_of_fourths(const Tensor& x) {
  double squares = 0;
  for (std::size_t i = 8; i + 8 < x.size(); i += 4) squares += x.data()[i] * x.data()[i];
  return std::sqrt(2 * squares / (static_cast<double>(x.size()) / 4 - 4));
}

} // namespace

int main() {
  constexpr std::size_t n = 40'000;
  fmt::print("Shrunk to half and enlarged again, and then every fourth pixel:\n");
  for (const double f : {0.05, 0.2, 0.3, 0.4}) {
    const Tensor blurred = resize(resize(long_wave(f, n), 1, n / 2), 1, n);
    fmt::print("  f = {:.2f}: amplitude {:.2f}\n", f, amplitude_of_fourths(blurred));
  }

  const auto row = taps(3, 6, Filter::bilinear)[0];
  const double centre = 0.25; // of the first of six, in input pixels
  double sum = 0;
  for (std::size_t k = 0; k < row.weights.size(); ++k)
    sum += std::max(0.0, 1 - std::abs(centre - (static_cast<double>(row.first + k) + 0.5)));
  fmt::print("\nWhite at the border, undivided: {:.2f} in one direction, {:.2f} in the corner\n",
             sum, sum * sum);

  const auto back = transposed(taps(40, 20, Filter::bilinear), 40);
  double middle = 0;
  for (const real weight : back[20].weights) middle += weight;
  fmt::print("\nThe transpose of 40 to 20 makes of white, in the middle: {:.2f}\n",
             middle * middle);

  const Tensor image = meadow(96);
  Tensor mixed_up = zeros({3, 96, 96}); // what a program sees that takes it for (96, 96, 3)
  for (std::size_t i = 0; i < image.size(); ++i)
    mixed_up(i % 3, i / 3 / 96, i / 3 % 96) = image.data()[i];
  keep("nine.png", encode_png(resize(mixed_up, 192, 192, Filter::area)));
}
