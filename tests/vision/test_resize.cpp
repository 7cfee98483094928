#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "temporary_folder.hpp"
#include "tests/nn/check.hpp"
#include "vision/images/image.hpp"
#include "vision/images/resize.hpp"

using namespace tapestry;

namespace {

nlohmann::json pillow_cases() {
  return nlohmann::json::parse(read_file(std::string(TAPESTRY_FIXTURES) + "/images.json"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(resizing)

BOOST_AUTO_TEST_CASE(as_pillow_does) {
  std::size_t cases = 0;
  const nlohmann::json fixture = pillow_cases();
  for (const auto& c : fixture["resized"]) {
    const std::vector<std::size_t> before = c["before"], after = c["after"];
    const std::vector<double> in = c["in"], levels = c["levels"], exact = c["exact"];
    Tensor image = zeros({1, before[0], before[1]});
    for (std::size_t i = 0; i < in.size(); ++i) image.data()[i] = static_cast<real>(in[i]);
    const Filter filter = c["filter"] == "area" ? Filter::area : Filter::bilinear;
    const Tensor out = resize(image, after[0], after[1], filter);
    BOOST_REQUIRE(out.size() == levels.size());
    BOOST_TEST_CONTEXT(c["filter"] << " " << to_string(image.shape()) << " to "
                                   << to_string(out.shape())) {
      double worst_level = 0, worst = 0;
      for (std::size_t i = 0; i < out.size(); ++i) {
        worst_level = std::max(worst_level, std::abs(out.data()[i] - levels[i]));
        worst = std::max(worst, std::abs(out.data()[i] - exact[i]));
      }
      BOOST_TEST(worst_level <= 1);    // Pillow rounds after each of two axes: a half and a half
      BOOST_TEST(worst <= 255 * 1e-6); // its floats
    }
    ++cases;
  }
  BOOST_TEST(cases == 24u);
}

BOOST_AUTO_TEST_CASE(a_row_of_taps) {
  const auto three = taps(4, 3, Filter::bilinear);
  BOOST_TEST(three.size() == 3u);
  for (const Filter filter : {Filter::area, Filter::bilinear})
    for (const std::size_t from : {1u, 2u, 7u, 100u})
      for (const std::size_t to : {1u, 3u, 7u, 64u})
        for (const Taps& row : taps(from, to, filter)) {
          double sum = 0;
          for (const real weight : row.weights) {
            BOOST_TEST(weight >= 0);
            sum += weight;
          }
          BOOST_TEST(row.first + row.weights.size() <= from);
          BOOST_TEST(sum == 1, boost::test_tools::tolerance(1e-12)); // of up to 200 weights
        }
}

BOOST_AUTO_TEST_CASE(an_area_is_its_mean) {
  Tensor image = zeros({1, 2, 6});
  for (std::size_t i = 0; i < 12; ++i) image.data()[i] = static_cast<real>(i);
  const Tensor small = resize(image, 1, 2, Filter::area); // two areas of 2 x 3
  BOOST_TEST(small(0, 0, 0) == (0 + 1 + 2 + 6 + 7 + 8) / 6.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(small(0, 0, 1) == (3 + 4 + 5 + 9 + 10 + 11) / 6.0,
             boost::test_tools::tolerance(1e-12));
  const Tensor large = resize(small, 2, 4, Filter::area); // repeats
  BOOST_TEST(large(0, 1, 1) == small(0, 0, 0));
  BOOST_TEST(large(0, 1, 2) == small(0, 0, 1));
}

BOOST_AUTO_TEST_CASE(the_pull_back_is_the_transpose) {
  Rng rng(5);
  for (const Filter filter : {Filter::area, Filter::bilinear})
    for (const auto& [height, width] :
         std::vector<std::pair<std::size_t, std::size_t>>{{3, 4}, {9, 11}, {5, 3}, {2, 7}, {5, 7}})
      testing::check_gradients(
          [&, h = height, w = width](const std::vector<Var>& x) {
            return resize(x[0], h, w, filter);
          },
          {GradcheckInput(uniform({2, 5, 7}, -1, 1, rng), "image")});
}

BOOST_AUTO_TEST_CASE(however_many_threads) {
  Rng rng(6);
  const Tensor image = uniform({3, 300, 400}, 0, 1, rng);
  const std::size_t before = thread_count();
  std::vector<Tensor> results;
  for (const std::size_t threads : {1u, 5u}) {
    set_thread_count(threads);
    results.push_back(resize(image, 224, 224));
    results.push_back(resize(image, 310, 90, Filter::area));
  }
  set_thread_count(before);
  BOOST_TEST(testing::identical(results[0], results[2]));
  BOOST_TEST(testing::identical(results[1], results[3]));
}

BOOST_AUTO_TEST_CASE(sizes_that_are_no_sizes) {
  const Var image = variable(ones({1, 2, 2}));
  BOOST_TEST(message_of([&] { resize(image, 2, 0); }) ==
             "resize: to 2 x 0; expected at least 1 x 1");
  BOOST_TEST(message_of([] {
               resize(zeros({1, 0, 2}), 2, 2);
             }) == "resize: a picture of shape (1, 0, 2); expected (C, H, W), none of them 0");
}

BOOST_AUTO_TEST_SUITE_END()
