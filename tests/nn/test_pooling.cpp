#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/pooling.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

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

BOOST_AUTO_TEST_CASE(gradients_of_every_variant) {
  Rng rng(2);
  const auto check = [&](const Function& f, const Shape& picture = {2, 2, 7, 6}) {
    check_gradients(f, {normal(picture, 0, 1, rng)});
  };
  check([](const auto& x) { return max_pool2d(x[0], {3, 2}, {2, 1}, {.padding = {1, 0}}); });
  check([](const auto& x) {
    return max_pool2d(x[0], 3, {2, 1}, {.padding = 1, .dilation = {2, 1}});
  });
  check([](const auto& x) {
    return max_pool2d(x[0], {2, 3}, {2, 4}, {.padding = {0, 1}, .ceil_mode = true});
  });
  check([](const auto& x) { return max_pool2d(x[0], 2); }, {1, 2, 4, 4});
  check([](const auto& x) { return avg_pool2d(x[0], {3, 2}, {2, 1}, {.padding = {1, 0}}); });
  check([](const auto& x) {
    return avg_pool2d(x[0], 3, 2, {.padding = 1, .count_include_pad = false});
  });
  check([](const auto& x) { return avg_pool2d(x[0], 3, 2, {.ceil_mode = true}); });
  check([](const auto& x) { return avg_pool2d(x[0], 2); }, {1, 2, 4, 4});
  check([](const auto& x) { return adaptive_avg_pool2d(x[0], {3, 4}); });
  check([](const auto& x) { return adaptive_avg_pool2d(x[0], 5); }, {1, 2, 3, 3}); // larger
}

BOOST_AUTO_TEST_CASE(every_variant_as_in_pytorch) {
  const auto parity = [](const std::string& name, const auto& layer) {
    check_parity(name, nullptr, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("max_pool_padded",
         nn::MaxPool2d({.kernel_size = {3, 2}, .stride = {2, 1}, .padding = {1, 0}}));
  parity("max_pool_dilated",
         nn::MaxPool2d({.kernel_size = 3, .stride = {2, 1}, .padding = 1, .dilation = {2, 1}}));
  parity("max_pool_ceil",
         nn::MaxPool2d(
             {.kernel_size = {2, 3}, .stride = {2, 4}, .padding = {0, 1}, .ceil_mode = true}));
  parity("avg_pool", nn::AvgPool2d({.kernel_size = {3, 2}, .stride = {2, 1}, .padding = {1, 0}}));
  parity("avg_pool_ceil",
         nn::AvgPool2d(
             {.kernel_size = {4, 3}, .stride = {2, 4}, .padding = {2, 1}, .ceil_mode = true}));
  parity("avg_pool_without_pad", nn::AvgPool2d({.kernel_size = 3,
                                                .stride = 2,
                                                .padding = 1,
                                                .ceil_mode = true,
                                                .count_include_pad = false}));
  parity("adaptive_avg_pool", nn::AdaptiveAvgPool2d({3, 4}));
  parity("adaptive_avg_pool_up", nn::AdaptiveAvgPool2d({1, 8}));
}

// As in PyTorch: NaN is larger than anything wherever in its window it stands, and gets the
// gradient; of several, the last.
BOOST_AUTO_TEST_CASE(nan_is_the_largest) {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  for (const std::size_t at : {0u, 1u, 4u, 5u}) {
    Tensor picture = ones({1, 1, 4, 4});
    picture.data()[at] = nan;
    const Var x = variable(picture);
    Tape tape;
    const Var y = max_pool2d(x, 2, 2);
    BOOST_TEST(std::isnan(y.value().data()[0]));
    BOOST_TEST(y.value().data()[1] == 1);
    tape.backward(sum(y));
    BOOST_TEST(x.grad().data()[at] == 1);
  }
  const Var all = variable(full({1, 1, 2, 2}, nan));
  Tape tape;
  tape.backward(sum(max_pool2d(all, 2)));
  BOOST_TEST(all.grad().data()[3] == 1);
}

BOOST_AUTO_TEST_CASE(nothing_but_minus_infinity) {
  const real lowest = -std::numeric_limits<real>::infinity();
  const Var x = variable(full({1, 1, 2, 3}, lowest));
  Tape tape;
  const Var y = max_pool2d(x, {2, 3}, 1, {.padding = {1, 0}});
  BOOST_TEST(y.value().data()[0] == lowest);
  tape.backward(sum(y)); // 3 windows: one sees the first row, one both, one the second
  BOOST_TEST(x.grad().data()[0] == 2);
  BOOST_TEST(x.grad().data()[3] == 1);
}

BOOST_AUTO_TEST_CASE(options_out_of_range) {
  const auto says = [](const auto& make, const std::string& problem) {
    BOOST_TEST(message_of(make) == problem);
  };
  says([] { nn::MaxPool2d layer({.kernel_size = 0}); },
       "MaxPool2d: kernel_size is 0, expected at least 1");
  says(
      [] {
        nn::MaxPool2d layer({.kernel_size = 2, .stride = {1, 0}});
      },
      "MaxPool2d: stride is (1, 0), expected at least 1");
  says([] { nn::MaxPool2d layer({.kernel_size = 3, .padding = 2}); },
       "MaxPool2d: padding is (2, 2), expected at most half of the kernel, (3, 3)");
  says([] { nn::MaxPool2d layer({.kernel_size = 3, .dilation = 0}); },
       "MaxPool2d: dilation is 0, expected at least 1");
  says(
      [] {
        nn::AvgPool2d layer({.kernel_size = {2, 0}});
      },
      "AvgPool2d: kernel_size is (2, 0), expected at least 1");
  says([] { nn::AvgPool2d layer({.kernel_size = 3, .padding = -1}); },
       "AvgPool2d: padding is -1, expected at least 0");
  says([] { nn::AdaptiveAvgPool2d layer(0); },
       "AdaptiveAvgPool2d: output_size is 0, expected at least 1");
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
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 5, 5})), 2, 1, {.padding = 2}), ShapeError);
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 5, 5})), 3, 1, {.dilation = 3}), ShapeError);
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 5, 5})), 2, {0, 1}), ShapeError);
  // 4 entries: those at -1 and 4 are both in the padding
  BOOST_CHECK_THROW(max_pool2d(constant(zeros({1, 1, 4, 4})), 2, 1, {.padding = 1, .dilation = 5}),
                    ShapeError);
  BOOST_CHECK_THROW(avg_pool2d(constant(zeros({3, 4, 5})), 2), ShapeError);
  BOOST_CHECK_THROW(avg_pool2d(constant(zeros({1, 1, 2, 5})), 3), ShapeError);
  BOOST_CHECK_THROW(adaptive_avg_pool2d(constant(zeros({3, 4, 5})), 2), ShapeError);
  BOOST_CHECK_THROW(adaptive_avg_pool2d(constant(zeros({1, 1, 4, 5})), {2, 0}), ShapeError);
  BOOST_TEST(to_string(avg_pool2d(constant(zeros({0, 3, 4, 4})), 2).shape()) == "(0, 3, 2, 2)");
  BOOST_TEST(to_string(max_pool2d(constant(zeros({0, 3, 4, 4})), 2, 2).shape()) == "(0, 3, 2, 2)");
}

BOOST_AUTO_TEST_SUITE_END()
