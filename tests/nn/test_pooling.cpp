#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "nn/pooling.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(pooling)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  struct Case {
    std::size_t kernel, stride;
    Shape picture;
  };
  const std::vector<Case> cases{{1, 1, {1, 2, 3, 4}},  // every entry
                                {2, 2, {2, 3, 4, 6}},  // windows side by side
                                {2, 2, {1, 2, 5, 7}},  // with a rest at the edges
                                {3, 1, {1, 2, 5, 4}},  // overlapping
                                {3, 2, {9, 1, 6, 8}},  // overlapping, with a rest
                                {2, 3, {1, 2, 6, 5}}}; // with gaps
  for (const Case& c : cases) BOOST_TEST_CONTEXT("kernel " << c.kernel << ", stride " << c.stride)
  check_gradients([&](const auto& x) { return max_pool2d(x[0], c.kernel, c.stride); },
                  {normal(c.picture, 0, 1, rng)});
  check_gradients([](const auto& x) { return global_avg_pool2d(x[0]); },
                  {normal({2, 3, 4, 5}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  const auto parity = [&](const std::string& name, const nn::MaxPool2dOptions& options) {
    nn::MaxPool2d layer(options);
    check_parity(name, nullptr, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("max_pool_2_2", {.kernel_size = 2}); // the stride is the kernel's size
  parity("max_pool_3_2", {.kernel_size = 3, .stride = 2});
  parity("max_pool_2_3", {.kernel_size = 2, .stride = 3});
  parity("max_pool_ties", {.kernel_size = 3, .stride = 2}); // the first of equals gets it all
  check_parity("global_avg_pool", nullptr,
               [](const auto& x) { return std::vector{global_avg_pool2d(x[0])}; });
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({3, 4, 5})), 2, 2), ShapeError);
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 2, 5})), 3, 1), ShapeError);
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 5, 5})), 0, 1), ShapeError);
  BOOST_CHECK_THROW(global_avg_pool2d(constant(zeros({3, 4, 5}))), ShapeError);
  BOOST_TEST(to_string(max_pool2d(constant(zeros({0, 3, 4, 4})), 2, 2).shape()) == "(0, 3, 2, 2)");
}

BOOST_AUTO_TEST_SUITE_END()
