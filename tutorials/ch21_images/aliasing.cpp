// A wave and a ring pattern shrunk by 4: every fourth pixel beside the means of areas.
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t factor = 4;

//> every-kth
// image: (C, H, W) -> (C, H / k, W / k), one pixel of each k x k
Tensor every_kth(const Tensor& image, std::size_t k) {
  const std::size_t h = image.shape(1) / k, w = image.shape(2) / k;
  Tensor picked = zeros({image.shape(0), h, w});
  for (std::size_t c = 0; c < image.shape(0); ++c)
    for (std::size_t y = 0; y < h; ++y)
      for (std::size_t x = 0; x < w; ++x) picked(c, y, x) = image(c, y * k, x * k);
  return picked;
}
//< every-kth

// A wave of `frequency` periods a pixel -> (1, 1, n), between -1 and 1.
Tensor wave(double frequency, std::size_t n) {
  Tensor image = zeros({1, 1, n});
  for (std::size_t i = 0; i < n; ++i)
    image(0, 0, i) =
        static_cast<real>(std::cos(2 * std::numbers::pi * frequency * static_cast<double>(i)));
  return image;
}

// x: (1, 1, n) -> (1, 1, n / 4)
Tensor every_fourth(const Tensor& x) {
  Tensor picked = zeros({1, 1, x.size() / factor});
  for (std::size_t i = 0; i < picked.size(); ++i) picked(0, 0, i) = x(0, 0, factor * i);
  return picked;
}

// Of a wave around 0; a few pixels at both ends are left out, where the filters see the border.
double amplitude(const Tensor& x) {
  double squares = 0;
  std::size_t n = 0;
  for (std::size_t i = 4; i + 4 < x.size(); ++i, ++n) squares += x.data()[i] * x.data()[i];
  return std::sqrt(2 * squares / static_cast<double>(n));
}

// Rings whose frequency grows with the distance from the middle, to 1/2 a pixel at the border.
Tensor rings(std::size_t side) {
  Tensor image = zeros({1, side, side});
  const auto n = static_cast<double>(side);
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = 0; x < side; ++x) {
      const double dx = static_cast<double>(x) - n / 2, dy = static_cast<double>(y) - n / 2;
      image(0, y, x) =
          static_cast<real>(0.5 + 0.5 * std::cos(std::numbers::pi * (dx * dx + dy * dy) / n));
    }
  return image;
}

} // namespace

int main() {
  fmt::print("A wave of f periods a pixel, shrunk by {}. What is left of its amplitude 1:\n",
             factor);
  fmt::print("  {:>5}  {:>12}  {:>8}  {:>8}\n", "f", "every fourth", "area", "bilinear");
  constexpr std::size_t n = 40'000;
  for (const double f : {0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.45}) {
    const Tensor x = wave(f, n);
    fmt::print("  {:5.2f}  {:12.3f}  {:8.3f}  {:8.3f}\n", f, amplitude(every_fourth(x)),
               amplitude(resize(x, 1, n / factor, Filter::area)),
               amplitude(resize(x, 1, n / factor, Filter::bilinear)));
  }

  const double fast = 0.3, slow = 4 * fast - 1;
  double largest = 0;
  const Tensor a = wave(fast, 400), b = wave(slow, 100);
  for (std::size_t i = 0; i < 100; ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a(0, 0, factor * i) - b(0, 0, i))));
  fmt::print("\nEvery fourth pixel of {:.1f} periods a large pixel is a wave of {:.1f} periods a small\n"
             "one: largest difference {:.6f}\n",
             fast, slow, largest);

  std::string points;
  for (std::size_t i = 0; i <= 400; ++i) {
    const double at = 0.05 * static_cast<double>(i);
    points +=
        fmt::format("{:.2f}\t{:.4f}\t{:.4f}\n", at, std::cos(2 * std::numbers::pi * fast * at),
                    std::cos(2 * std::numbers::pi * slow * at / factor));
  }
  keep("wave.tsv", points);

  const Tensor plate = rings(160);
  const auto large = [](const Tensor& x) { return resize(x, 160, 160, Filter::area); };
  keep("rings.png", encode_png(side_by_side({plate, large(every_kth(plate, factor)),
                                             large(resize(plate, 40, 40, Filter::area))})));

  const Tensor view = meadow(160);
  keep("fence.png", encode_png(side_by_side({view, large(every_kth(view, 5)),
                                             large(resize(view, 32, 32, Filter::area))})));
}
