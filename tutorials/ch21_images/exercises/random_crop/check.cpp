#include "expect.hpp"

#include <map>

#include "autograd/base/error.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

Tensor numbered(const Shape& shape) {
  Tensor image = zeros(shape);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = static_cast<real>(i + 1);
  return image;
}

// How often each number stood in the upper left corner of the crop, in 1200 draws.
std::map<int, int> corners(const Tensor& image, std::size_t height, std::size_t width,
                           std::size_t padding) {
  Rng rng(1);
  std::map<int, int> seen;
  for (int i = 0; i < 1200; ++i)
    ++seen[static_cast<int>(random_crop(image, height, width, padding, rng)(0, 0, 0))];
  return seen;
}

} // namespace

STEP("the only place") {
  Rng rng(1);
  const Tensor image = numbered({2, 3, 4});
  expect_equal("all of 3 x 4", random_crop(image, 3, 4, 0, rng), image);
}

STEP("the size") {
  Rng rng(1);
  expect_equal("2 x 3 of 5 x 7", random_crop(numbered({3, 5, 7}), 2, 3, 0, rng).shape(), {3, 2, 3});
}

STEP("the margin") {
  Rng rng(1);
  Tensor expected = zeros({1, 5, 6});
  for (std::size_t y = 0; y < 3; ++y)
    for (std::size_t x = 0; x < 4; ++x)
      expected(0, y + 1, x + 1) = static_cast<real>(4 * y + x + 1);
  expect_equal("3 x 4 and a margin of 1", random_crop(numbered({1, 3, 4}), 5, 6, 1, rng), expected);
}

STEP("every place, each as often") {
  const auto seen = corners(numbered({1, 3, 4}), 2, 2, 0); // 2 x 3 places
  for (const int corner : {1, 2, 3, 5, 6, 7}) {
    const auto found = seen.find(corner);
    const int times = found == seen.end() ? 0 : found->second;
    expect("2 x 2 of 3 x 4", times > 140 && times < 260, // 200, and 4.6 deviations
           "the place whose first pixel is number " + std::to_string(corner) + " came " +
               std::to_string(times) + " times of 1200; expected about 200",
           {static_cast<double>(times)});
  }
}

STEP("places in the margin") {
  const auto seen = corners(numbered({1, 2, 2}), 2, 2, 1); // 3 x 3 places; in 5, the corner is 0
  for (const int corner : {0, 1, 2, 3, 4}) {
    const auto found = seen.find(corner);
    const int times = found == seen.end() ? 0 : found->second, about = corner ? 133 : 667;
    expect("2 x 2 of 2 x 2 with a margin of 1", times > about - 80 && times < about + 80,
           std::to_string(corner) + " stood in the corner " + std::to_string(times) +
               " times of 1200; expected about " + std::to_string(about),
           {static_cast<double>(times)});
  }
}

STEP("the caller's random numbers") {
  const Tensor image = numbered({1, 9, 9});
  Rng one(3), same(3);
  for (int i = 0; i < 20; ++i) {
    const Tensor first = random_crop(image, 2, 2, 0, one);
    expect_equal("two generators of one seed", random_crop(image, 2, 2, 0, same), first);
  }
}

STEP("too large") {
  Rng rng(1);
  const Tensor image = numbered({1, 3, 4});
  expect_error<ShapeError>(
      "6 rows of 3 and a margin of 1", [&] { random_crop(image, 6, 4, 1, rng); }, "");
  expect_error<ShapeError>(
      "7 columns of 4 and a margin of 1", [&] { random_crop(image, 3, 7, 1, rng); }, "");
  expect_error<ShapeError>(
      "no row", [&] { random_crop(image, 0, 2, 1, rng); }, "");
}

STEP("a use: the channels stay together") {
  Rng rng(2);
  for (int i = 0; i < 20; ++i) {
    const Tensor cut = random_crop(numbered({3, 5, 7}), 3, 2, 0, rng);
    expect_equal("green is 35 more than red", cut(1, 2, 1) - cut(0, 2, 1), 35);
  }
}
