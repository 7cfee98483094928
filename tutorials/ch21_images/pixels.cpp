// A picture as numbers: what one pixel holds, where it lies in memory, and the same in grey.
#include <cmath>

#include <fmt/format.h>

#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/image.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

int main() {
  const Tensor image = meadow(16);
  fmt::print("The shape is {}: {} numbers.\n\n", to_string(image.shape()), image.size());

  fmt::print("Blue, as bytes from 0 to 255:\n");
  for (std::size_t y = 0; y < 16; ++y) {
    for (std::size_t x = 0; x < 16; ++x) fmt::print("{:4}", std::lround(255 * image(2, y, x)));
    fmt::print("\n");
  }

  const auto pixel = [&](std::size_t y, std::size_t x) {
    return fmt::format("red {:.2f}, green {:.2f}, blue {:.2f}", image(0, y, x), image(1, y, x),
                       image(2, y, x));
  };
  fmt::print("\nOne pixel of the sun, row 4, column 11: {}\n", pixel(4, 11));
  fmt::print("One of the near hill, row 14, column 8: {}\n\n", pixel(14, 8));

  //> place
  const std::size_t H = 16, W = 16, c = 2, y = 4, x = 11;
  const std::size_t channels_first = (c * H + y) * W + x; // (3, H, W), as a tensor here
  const std::size_t channels_last = (y * W + x) * 3 + c;  // (H, W, 3), as in most files
  //< place
  std::vector<real> last(image.size()); // (H, W, 3)
  for (std::size_t i = 0; i < H * W; ++i)
    for (std::size_t k = 0; k < 3; ++k) last[3 * i + k] = image.data()[k * H * W + i];
  fmt::print("Blue of that pixel stands at place {} channels first and at place {} channels last,\n"
             "counted from 0. There stand {:.3f} and {:.3f}.\n\n",
             channels_first, channels_last, image.data()[channels_first], last[channels_last]);

  const Tensor grey = grayscale(image);
  fmt::print("Grey of the sun {:.3f}, of the sky above it {:.3f}, of the near hill {:.3f}\n",
             grey(0, 4, 11), grey(0, 0, 11), grey(0, 14, 8));

  const auto large = [](const Tensor& small) { return resize(small, 160, 160, Filter::area); };
  std::vector<Tensor> panels{large(image)};
  for (std::size_t channel = 0; channel < 3; ++channel)
    panels.push_back(resize(crop(reshaped(image, {1, 48, 16}), {16 * channel, 0, 16, 16}), 160, 160,
                            Filter::area));
  keep("pixels.png", encode_png(side_by_side(panels)));
}
