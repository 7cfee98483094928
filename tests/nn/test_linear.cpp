#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/linear.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(linear_layer)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  for (const bool bias : {true, false})
    for (const std::size_t out : {3u, 5u}) { // 5: a square weight
      nn::Linear layer({.in_features = 5, .out_features = out, .bias = bias}, rng);
      const auto f = [&](const std::vector<Var>& x) { return layer(x[0]); };
      check_gradients(f, {normal({4, 5}, 0, 1, rng)}, layer.parameters());
      check_gradients(f, {normal({2, 3, 5}, 0, 1, rng)}, layer.parameters());
      check_gradients(f, {normal({5}, 0, 1, rng)}, layer.parameters());
    }
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::Linear layer({.in_features = 5, .out_features = 3}, rng);
  check_parity("linear", &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  nn::Linear plain({.in_features = 4, .out_features = 6, .bias = false}, rng);
  check_parity("linear_without_bias", &plain,
               [&](const auto& x) { return std::vector{plain(x[0])}; });
}

BOOST_AUTO_TEST_CASE(is_a_product_and_a_sum) {
  Rng rng(2);
  nn::Linear layer({.in_features = 6, .out_features = 4}, rng);
  check_equal([&](const auto& x) { return layer(x[0]); },
              [&](const auto& x) { return matmul(x[0], transpose(layer.weight)) + layer.bias; },
              {normal({3, 2, 6}, 0, 1, rng)}, layer.parameters());
}

BOOST_AUTO_TEST_CASE(initial_values_are_pytorchs) {
  Rng rng(3);
  nn::Linear layer({.in_features = 16, .out_features = 200}, rng);
  double largest = 0, squares = 0;
  for (const real w : layer.weight.value().storage()) {
    largest = std::max(largest, std::abs(double{w}));
    squares += double{w} * double{w};
  }
  // U(-1/4, 1/4): 3200 draws come close to the bound, and their variance is 1/48 to a few percent.
  BOOST_TEST((largest > 0.249 && largest <= 0.25));
  BOOST_TEST(squares / 3200 == 1.0 / 48, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(an_empty_batch) {
  Rng rng(1);
  nn::Linear layer({.in_features = 5, .out_features = 3}, rng);
  BOOST_TEST(to_string(layer(constant(zeros({0, 5}))).shape()) == "(0, 3)");
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(1);
  nn::Linear layer({.in_features = 100, .out_features = 3}, rng);
  layer.parameters();
  const std::string message = message_of([&] { layer(constant(zeros({32, 10}))); });
  BOOST_TEST(message.find("linear at nn/test_linear.cpp:") == 0u);
  BOOST_TEST(message.find("(32, 10) x (3, 100) x (3): expected (..., 10) x (3, 10) x (3)") !=
             std::string::npos);
  BOOST_CHECK_THROW(layer(constant(zeros({}))), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
