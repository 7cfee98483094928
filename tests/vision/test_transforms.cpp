#include <map>
#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "tests/nn/check.hpp"
#include "vision/images/resize.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

Tensor numbered(const Shape& shape) {
  Tensor image = zeros(shape);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = static_cast<real>(i);
  return image;
}

Tensor tensor_of(const Shape& shape, const std::vector<double>& values) {
  Tensor image = zeros(shape);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = static_cast<real>(values.at(i));
  return image;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transforms)

BOOST_AUTO_TEST_CASE(cutting) {
  const Tensor image = numbered({2, 5, 7});
  const Tensor box = crop(image, {1, 2, 3, 4});
  BOOST_TEST(to_string(box.shape()) == "(2, 3, 4)");
  BOOST_TEST(box(0, 0, 0) == image(0, 1, 2));
  BOOST_TEST(box(1, 2, 3) == image(1, 3, 5));
  // torchvision rounds (H - h) / 2 as Python does: 1/2 to 0, 3/2 to 2, 5/2 to 2.
  BOOST_TEST(center_crop(image, 4, 4)(0, 0, 0) == image(0, 0, 2));
  BOOST_TEST(center_crop(image, 2, 2)(0, 0, 0) == image(0, 2, 2));
  BOOST_TEST(center_crop(image, 5, 6)(0, 0, 0) == image(0, 0, 0));

  const Tensor wider = pad(image, 2, 9);
  BOOST_TEST(to_string(wider.shape()) == "(2, 9, 11)");
  BOOST_TEST(wider(1, 1, 5) == 9);
  BOOST_TEST(wider(1, 8, 2) == 9);
  BOOST_TEST(testing::identical(crop(wider, {2, 2, 5, 7}), image));

  BOOST_TEST(hflip(image)(1, 3, 0) == image(1, 3, 6));
  BOOST_TEST(testing::identical(hflip(hflip(image)), image));

  BOOST_TEST(moved(image, 2, -3)(1, 4, 1) == image(1, 2, 4));
  BOOST_TEST(moved(image, 2, -3)(1, 0, 6) == image(1, 0, 6)); // uncovered: the corner
  BOOST_TEST(moved(image, -9, 9)(0, 2, 3) == image(0, 4, 0)); // all of it has left
  BOOST_TEST(testing::identical(moved(image, 0, 0), image));

  BOOST_TEST(message_of([&] {
               crop(image, {4, 0, 2, 1});
             }) == "crop: 2 x 1 at row 4, column 0, of a picture of 5 x 7");
  BOOST_CHECK_THROW(crop(image, {0, 7, 1, 1}), ShapeError);
  BOOST_CHECK_THROW(crop(image, {0, 0, 0, 1}), ShapeError);
  BOOST_TEST(message_of([&] { center_crop(image, 6, 7); }) ==
             "center_crop: 6 x 7 from a picture of 5 x 7; expected 1 x 1 to 5 x 7");
}

BOOST_AUTO_TEST_CASE(cutting_at_random) {
  Rng rng(1);
  const Tensor image = numbered({1, 4, 4});
  std::map<int, int> corners; // 3 x 3 places, each as likely; where it lies outside there is 0
  for (int i = 0; i < 900; ++i) {
    const Tensor cut = random_crop(image, 4, 4, 1, rng);
    BOOST_REQUIRE(cut.size() == 16u);
    ++corners[static_cast<int>(cut(0, 1, 1) + 0.5)]; // 0, 1, 2, 4, ..., 10
  }
  BOOST_TEST(corners.size() == 9u);
  for (const auto& [corner, times] : corners) BOOST_TEST((times > 60 && times < 140)); // 4 sigma

  int flips = 0;
  for (int i = 0; i < 1000; ++i) flips += random_horizontal_flip(image, 0.25, rng)(0, 0, 0) == 3;
  BOOST_TEST((flips > 195 && flips < 305)); // 4 sigma
  BOOST_CHECK_THROW(random_crop(image, 7, 4, 1, rng), ShapeError);

  Rng a(7), b(7);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(testing::identical(random_crop(image, 2, 3, 2, a), random_crop(image, 2, 3, 2, b)));
}

BOOST_AUTO_TEST_CASE(boxes_of_random_area_and_shape) {
  Rng rng(2);
  double areas = 0;
  std::set<std::size_t> tops;
  for (int i = 0; i < 1000; ++i) {
    const CropBox box = random_box(200, 300, rng, {});
    BOOST_REQUIRE(box.top + box.height <= 200);
    BOOST_REQUIRE(box.left + box.width <= 300);
    const double ratio = static_cast<double>(box.width) / static_cast<double>(box.height);
    BOOST_REQUIRE((ratio > 0.74 && ratio < 1.35)); // 3/4 to 4/3, sides rounded to whole pixels
    areas += static_cast<double>(box.width * box.height) / 60'000;
    tops.insert(box.top);
  }
  // Uniform from 0.08 to 1 would be 0.54, but large ones do not fit in every shape and are drawn
  // again. 20,000 draws of torchvision's algorithm in Python gave 0.389; the mean of 1000 has a
  // deviation of 0.006.
  BOOST_TEST(std::abs(areas / 1000 - 0.389) < 0.025);
  BOOST_TEST(tops.size() > 50u);
  // A strip of which no box of these shapes has even a twentieth: the largest in its middle.
  const CropBox strip = random_box(10, 1000, rng, {.scale = {0.5, 1}});
  BOOST_TEST(strip.height == 10u);
  BOOST_TEST(strip.width == 13u); // 10 * 4/3, rounded
  BOOST_TEST(strip.left == 493u);
  const CropBox tower = random_box(1000, 10, rng, {.scale = {0.5, 1}});
  BOOST_TEST(tower.height == 13u); // 10 / (3/4)
  BOOST_TEST(tower.top == 493u);

  Rng a(3), b(3);
  const Tensor image = uniform({3, 20, 30}, 0, 1, rng);
  const Tensor cut = random_resized_crop(image, 8, 9, a);
  const CropBox box = random_box(20, 30, b, {});
  BOOST_TEST(testing::identical(cut, resize(crop(image, box), 8, 9)));
  BOOST_CHECK_THROW(random_box(5, 5, rng, {.scale = {0, 1}}), ShapeError);
}

BOOST_AUTO_TEST_CASE(colours_as_torchvision_mixes_them) {
  const auto fixture = nlohmann::json::parse(
      read_file(std::string(TAPESTRY_FIXTURES) + "/images.json"))["recoloured"];
  const Tensor image = tensor_of({3, 4, 5}, fixture["in"]);
  const std::map<std::string, Tensor (*)(const Tensor&, double)> adjust{
      {"brightness", adjust_brightness},
      {"contrast", adjust_contrast},
      {"saturation", adjust_saturation}};
  std::size_t cases = 0;
  for (const auto& c : fixture["cases"]) {
    const Tensor out = adjust.at(c["adjust"])(image, c["factor"]);
    BOOST_TEST(testing::difference(out, tensor_of({3, 4, 5}, c["out"])) < testing::same_in_double);
    ++cases;
  }
  BOOST_TEST(cases == 12u);
  const Tensor normal = normalize(image, fixture["mean"], fixture["std"]);
  BOOST_TEST(testing::difference(normal, tensor_of({3, 4, 5}, fixture["normalized"])) <
             testing::same_in_double);

  BOOST_CHECK_THROW(adjust_contrast(zeros({1, 2, 2}), 1), ShapeError);
  BOOST_CHECK_THROW(adjust_brightness(image, -1), ShapeError);
  BOOST_TEST(message_of([&] {
               normalize(image, {0, 0}, {1, 1, 1});
             }) == "normalize: 2 means and 3 deviations for 3 channels");
  BOOST_TEST(message_of([&] {
               normalize(image, {0, 0, 0}, {1, 0, 1});
             }) == "normalize: a deviation of 0; expected more than 0");
}

BOOST_AUTO_TEST_CASE(jitter) {
  Rng rng(4);
  const Tensor image = uniform({3, 4, 5}, 0.3, 0.5, rng);
  BOOST_TEST(testing::identical(color_jitter(image, {}, rng), image));
  double least = 9, most = 0;
  for (int i = 0; i < 200; ++i) {
    const Tensor brighter = color_jitter(image, {.brightness = 0.4}, rng);
    const double factor = brighter(0, 0, 0) / image(0, 0, 0);
    least = std::min(least, factor), most = std::max(most, factor);
  }
  BOOST_TEST((least > 0.6 && least < 0.63));
  BOOST_TEST((most < 1.4 && most > 1.37));
  // In both orders: brightness first clips to white what contrast would have saved.
  std::set<double> results;
  for (int i = 0; i < 40; ++i) {
    Rng fixed(static_cast<std::uint64_t>(i));
    results.insert(color_jitter(image, {1, 1, 1}, fixed)(0, 0, 0));
  }
  BOOST_TEST(results.size() > 30u);
  BOOST_CHECK_THROW(color_jitter(image, {.contrast = -1}, rng), ShapeError);
  BOOST_CHECK_THROW(pad(image, -1), ShapeError);
  BOOST_CHECK_THROW(random_crop(image, 1, 1, -1, rng), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
