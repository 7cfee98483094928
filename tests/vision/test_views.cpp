#include <cmath>

#include <boost/test/unit_test.hpp>

#include "temporary_folder.hpp"
#include "tests/nn/check.hpp"
#include "vision/networks/views.hpp"
#include "vision/scenes/scene_draw.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  check_parity("outlines", nullptr, [](const auto& x) { return std::vector{outlines(x[0])}; });
  check_parity("coarse", nullptr, [](const auto& x) { return std::vector{coarse(x[0], 2)}; });
}

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  check_gradients([](const auto& x) { return outlines(x[0]); }, {uniform({2, 3, 4, 5}, 0, 1, rng)});
  check_gradients([](const auto& x) { return coarse(x[0], 2); },
                  {uniform({2, 3, 4, 6}, 0, 1, rng)});
}

// What the CNN counts on. The darkest star's outline is 1.7 times as steep as the palest one's.
BOOST_AUTO_TEST_CASE(a_star_has_the_same_outline_in_every_colour) {
  double least = HUGE_VAL, most = 0;
  for (std::size_t c = 0; c < colour_names.size(); ++c) {
    const Scene scene{Background::plain, 7, {{Form::star, static_cast<Colour>(c), 0.5, 0.5, 0.3}}};
    const Tensor picture = draw_scene(scene, 64);
    const Var outline = outlines(constant(reshaped(picture, {1, 3, 64, 64})));
    double sum = 0;
    for (std::size_t y = 2; y < 62; ++y)
      for (std::size_t x = 2; x < 62; ++x)
        sum += static_cast<double>(outline.value().data()[y * 64 + x]);
    least = std::min(least, sum);
    most = std::max(most, sum);
  }
  BOOST_TEST(most / least < 2);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit) {
  const auto error = [](const auto& f) { return message_of(f); };
  const Var flat = constant(zeros({3, 8, 8})), odd = constant(zeros({1, 3, 10, 8}));
  BOOST_TEST(error([&] { outlines(flat); }).find("(3, 8, 8): expected (B, C, H, W)") !=
             std::string::npos);
  BOOST_TEST(error([&] { coarse(flat, 4); }).find("(3, 8, 8): expected (B, C, H, W)") !=
             std::string::npos);
  BOOST_TEST(error([&] { coarse(odd, 4); }).find("no squares of 4 x 4 fill it") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
