#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "nn/layer_norm.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(layer_norm_)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  for (const bool affine : {true, false}) {
    nn::LayerNorm layer({.normalized_shape = {3, 4}, .eps = 1e-3, .elementwise_affine = affine});
    BOOST_TEST(layer.parameters().size() == (affine ? 2u : 0u));
    check_gradients([&](const auto& x) { return layer(x[0]); }, {normal({2, 3, 4}, 1, 2, rng)},
                    layer.parameters());
  }
  nn::LayerNorm square({.normalized_shape = {3}});
  check_gradients([&](const auto& x) { return square(x[0]); }, {normal({3, 3}, 1, 2, rng)},
                  square.parameters());
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  nn::LayerNorm layer({.normalized_shape = {3, 4}, .eps = 1e-3});
  check_parity("layer_norm", &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  nn::LayerNorm plain({.normalized_shape = {4}, .elementwise_affine = false});
  check_parity("layer_norm_plain", &plain, [&](const auto& x) { return std::vector{plain(x[0])}; });
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options) {
  nn::LayerNorm layer({.normalized_shape = {3, 4}});
  BOOST_CHECK_THROW(layer(constant(zeros({2, 4, 3}))), ShapeError);
  BOOST_CHECK_THROW(layer(constant(zeros({4}))), ShapeError);
  BOOST_TEST(to_string(layer(constant(zeros({0, 3, 4}))).shape()) == "(0, 3, 4)");
  const auto says = [](const nn::LayerNormOptions& options, const std::string& problem) {
    BOOST_TEST(message_of([&] { nn::LayerNorm made(options); }) == "LayerNorm: " + problem);
  };
  says({.normalized_shape = {}}, "normalized_shape is (), expected at least one axis");
  says({.normalized_shape = {3, 0}}, "normalized_shape is 0, expected at least 1");
  says({.normalized_shape = {3}, .eps = -1}, "eps is -1, expected at least 0");
  says({.normalized_shape = {3}, .eps = std::nan("")}, "eps is nan, expected at least 0");
}

BOOST_AUTO_TEST_SUITE_END()
