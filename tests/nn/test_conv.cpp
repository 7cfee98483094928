#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/pictures/depthwise.hpp"
#include "nn/pictures/depthwise_rows.hpp"
#include "nn/pictures/geometry.hpp"
#include "nn/pictures/unfold.hpp"
#include "nn/pictures/winograd.hpp"
#include "nn/pooling.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

nn::Conv2d make_layer(std::size_t kernel, std::size_t stride, std::size_t padding, bool relu,
                      Rng& rng, bool bias = true) {
  return nn::Conv2d({.in_channels = 2,
                     .out_channels = 3,
                     .kernel_size = kernel,
                     .stride = stride,
                     .padding = padding,
                     .bias = bias,
                     .relu = relu},
                    rng);
}

} // namespace

BOOST_AUTO_TEST_SUITE(conv)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  struct Case {
    std::size_t kernel, stride, padding;
    Shape picture;
  };
  const std::vector<Case> cases{
      {1, 1, 0, {2, 2, 3, 4}}, {1, 2, 0, {1, 2, 4, 5}}, {1, 1, 1, {1, 2, 3, 2}},
      {2, 1, 0, {2, 2, 3, 4}}, {2, 2, 1, {1, 2, 5, 4}}, {3, 1, 1, {2, 2, 4, 5}},
      {3, 2, 0, {1, 2, 6, 5}}, {3, 3, 2, {1, 2, 5, 4}}, {5, 1, 2, {1, 2, 5, 6}},
      {5, 2, 0, {1, 2, 5, 8}}, {5, 4, 3, {9, 2, 4, 3}}}; // 9: more pictures than parts
  for (const Case& c : cases)
    for (const bool relu : {false, true})
      BOOST_TEST_CONTEXT("kernel " << c.kernel << ", stride " << c.stride << ", padding "
                                   << c.padding << ", relu " << relu) {
        nn::Conv2d layer = make_layer(c.kernel, c.stride, c.padding, relu, rng);
        check_gradients([&](const auto& x) { return layer(x[0]); }, {normal(c.picture, 0, 1, rng)},
                        layer.parameters());
      }
}

BOOST_AUTO_TEST_CASE(gradients_of_a_kernel_that_is_not_square) {
  Rng rng(2);
  check_gradients(
      [](const auto& x) { return conv2d(x[0], x[1], x[2], {.stride = 2, .padding = 1}); },
      {normal({2, 2, 5, 4}, 0, 1, rng), normal({3, 2, 1, 4}, 0, 1, rng), normal({3}, 0, 1, rng)});
}

// Whatever else a convolution can be told, in double; every size differs but in the last.
BOOST_AUTO_TEST_CASE(gradients_of_every_variant) {
  Rng rng(10);
  struct Case {
    const char* name;
    Shape picture, kernel;
    ConvOptions options;
  };
  const std::vector<Case> cases{
      {"strides", {2, 2, 6, 5}, {3, 2, 3, 2}, {.stride = {2, 1}}},
      {"paddings", {1, 2, 3, 4}, {3, 2, 2, 3}, {.padding = {0, 1, 2, 1}}},
      {"far paddings", {1, 1, 2, 2}, {2, 1, 1, 2}, {.stride = {1, 2}, .padding = {3, 0, 0, 4}}},
      {"dilations", {2, 2, 6, 5}, {3, 2, 2, 2}, {.padding = 1, .dilation = {3, 2}}},
      {"two groups", {2, 4, 4, 3}, {6, 2, 3, 2}, {.padding = {1, 0}, .groups = 2, .relu = true}},
      {"pointwise groups", {2, 4, 2, 3}, {2, 2, 1, 1}, {.groups = 2}},
      {"pointwise, strided", {2, 3, 4, 5}, {2, 3, 1, 1}, {.stride = 2}},
      {"depthwise", {2, 3, 4, 5}, {3, 1, 3, 2}, {.padding = 1, .groups = 3}},
      {"depthwise, cut", {2, 2, 4, 5}, {2, 1, 3, 3}, {.padding = 1, .groups = 2, .relu = true}},
      {"depthwise, two each", {1, 3, 5, 4}, {6, 1, 2, 3}, {.padding = {0, 1, 2, 0}, .groups = 3}},
      {"depthwise, strided",
       {2, 2, 7, 8},
       {2, 1, 3, 3},
       {.stride = {2, 3}, .padding = 1, .groups = 2}},
      {"depthwise, dilated",
       {1, 2, 7, 8},
       {2, 1, 2, 3},
       {.stride = {1, 2}, .padding = {1, 3}, .dilation = {3, 3}, .groups = 2}},
      {"depthwise, wide", {1, 2, 2, 20}, {2, 1, 1, 3}, {.groups = 2}}, // more than a register
      {"square", {2, 2, 2, 2}, {2, 2, 2, 2}, {}}};
  for (const Case& c : cases) BOOST_TEST_CONTEXT(c.name)
  check_gradients([&](const auto& x) { return conv2d(x[0], x[1], x[2], c.options); },
                  {normal(c.picture, 0, 1, rng), normal(c.kernel, 0, 1, rng),
                   normal({c.kernel[0]}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(unfolding) {
  const UnfoldOptions all{.stride = {2, 1}, .padding = {2, 1}, .dilation = {1, 2}};
  Rng rng(12);
  check_gradients(
      [](const auto& x) {
        return unfold(x[0], {2, 3});
      },
      {normal({2, 3, 4, 5}, 0, 1, rng)});
  check_gradients(
      [&](const auto& x) {
        return unfold(x[0], {3, 2}, all);
      },
      {normal({2, 2, 6, 5}, 0, 1, rng)});
  check_gradients(
      [](const auto& x) {
        return unfold(x[0], 2, {.padding = {0, 1, 2, 0}});
      },
      {normal({2, 2, 2, 2}, 0, 1, rng)});
  check_parity("unfold", nullptr, [](const auto& x) { return std::vector{unfold(x[0], {2, 3})}; });
  check_parity("unfold_all", nullptr, [&](const auto& x) {
    return std::vector{unfold(x[0], {3, 2}, all)};
  });
  check_parity("conv_composed", nullptr, [](const auto& x) {
    return std::vector{conv2d_composed(x[0], x[1], x[2], {.stride = {2, 1}, .padding = {1, 1}})};
  });
  const Var picture = constant(zeros({1, 2, 3, 3}));
  BOOST_TEST(message_of([&] {
               unfold(picture, {4, 3});
             }).find("patches of (4, 3) are larger") != std::string::npos);
  BOOST_CHECK_THROW(unfold(picture, 0), ShapeError);
  BOOST_CHECK_THROW(unfold(constant(zeros({3, 3})), 2), ShapeError);
  BOOST_CHECK_THROW(unfold(picture, 2, {.stride = 0}), ShapeError);
  BOOST_CHECK_THROW(unfold(picture, 2, {.padding = -1}), ShapeError);
}

// The one to be read and the fast one: values and gradients, in double.
BOOST_AUTO_TEST_CASE(composed_is_fused) {
  Rng rng(13);
  for (const UnfoldOptions& o : {UnfoldOptions{},
                                 {.stride = {1, 2}, .padding = {1, 0, 2, 1}},
                                 {.padding = 1, .dilation = 2}})
    check_equal(
        [&](const auto& x) { return conv2d_composed(x[0], x[1], x[2], o); },
        [&](const auto& x) {
          return conv2d(x[0], x[1], x[2], {o.stride, o.padding, o.dilation});
        },
        {normal({2, 3, 7, 6}, 0, 1, rng), normal({4, 3, 3, 2}, 0, 1, rng), normal({4}, 0, 1, rng)});
}

// More pixels than a piece has: what lies on both sides of a cut, and pieces summed up in parts.
BOOST_AUTO_TEST_CASE(pieces_make_the_whole) {
  Rng rng(11);
  const Shape kernel{40, 40, 3, 3};
  const Tensor weight = normal(kernel, 0, 0.1, rng);
  // The same as a sum of 1x1 convolutions, one for each tap, of pictures moved.
  const auto moved = [](const Var& x, std::size_t i, std::size_t j) {
    return slice(slice(x, 2, i, i + 15), 3, j, j + 11);
  };
  for (const std::size_t batch : {2u, 3u}) // three have tiles enough for winograd.hpp
    check_equal([](const auto& x) { return conv2d(x[0], x[1]); },
                [&](const auto& x) {
                  std::vector<Var> sums;
                  for (std::size_t i = 0; i < 3; ++i)
                    for (std::size_t j = 0; j < 3; ++j) {
                      const Var rows = transpose(moved(x[0], i, j), {0, 2, 3, 1});
                      sums.push_back(linear(rows, select(select(x[1], 3, j), 2, i)));
                    }
                  Var total = sums[0];
                  for (std::size_t i = 1; i < sums.size(); ++i) total = total + sums[i];
                  return transpose(total, {0, 3, 1, 2});
                },
                {normal({batch, 40, 17, 13}, 0, 1, rng), weight});
}

// By Winograd's tiles: the margins, odd sizes, rows wider than a register, and one tile a row.
BOOST_AUTO_TEST_CASE(tiles_make_the_whole) {
  Rng rng(14);
  struct Case {
    Shape picture;
    Padding2d padding;
  };
  for (const Case& c : {Case{{1, 24, 22, 45}, 0}, Case{{2, 25, 14, 21}, 1}, Case{{5, 24, 15, 8}, 2},
                        Case{{40, 26, 7, 2}, {1, 2, 1, 0}}, Case{{6, 24, 9, 10}, {0, 3, 2, 1}}})
    BOOST_TEST_CONTEXT(to_string(c.picture)) {
      const std::size_t channels = c.picture[1];
      const Tensor x = normal(c.picture, 0, 1, rng), bias = normal({27}, 0, 1, rng),
                   w = normal({27, channels, 3, 3}, 0, 0.1, rng);
      const auto geometry =
          ConvGeometry(constant(x), constant(w), constant(bias), {.padding = c.padding});
      BOOST_TEST(worth_winograd(geometry));
      const auto fused = [&](const auto& v) {
        return conv2d(v[0], v[1], v[2], {.padding = c.padding});
      };
      check_equal(
          [&](const auto& v) { return conv2d_composed(v[0], v[1], v[2], {.padding = c.padding}); },
          fused, {x, w, bias});
      check_equal([&](const auto& v) { return relu(fused(v)); },
                  [&](const auto& v) {
                    return conv2d(v[0], v[1], v[2], {.padding = c.padding, .relu = true});
                  },
                  {x, w, bias});
    }
  check_gradients([](const auto& v) { return conv2d(v[0], v[1], v[2], {.padding = 1}); },
                  {normal({4, 24, 11, 12}, 0, 1, rng), normal({25, 24, 3, 3}, 0, 0.1, rng),
                   normal({25}, 0, 1, rng)});
}

// What is collected is what was handed out: depthwise gradients of a padding beyond the kernel's
// reach, and of every other.
BOOST_AUTO_TEST_CASE(depthwise_paddings) {
  Rng rng(15);
  for (const Padding2d& padding :
       {Padding2d(0), Padding2d(1), Padding2d(2), Padding2d(3), Padding2d{0, 2, 1, 0}})
    check_equal(
        [&](const auto& x) { return conv2d(x[0], x[1], {.padding = padding, .groups = 3}); },
        [&](const auto& x) {
          std::vector<Var> parts;
          for (std::size_t i = 0; i < 3; ++i)
            parts.push_back(
                conv2d(slice(x[0], 1, i, i + 1), slice(x[1], 0, i, i + 1), {.padding = padding}));
          return concatenate(parts, 1);
        },
        {normal({2, 3, 5, 19}, 0, 1, rng), normal({3, 1, 3, 3}, 0, 1, rng)});
}

// Row by row, without copies of the planes, against the plain form: odd sizes, strips of a register
// and less, every padding that is not beyond the kernel, and either gradient alone. 1e-12: the
// nine products of size 1, and the sums over a plane, are added up in another order.
BOOST_AUTO_TEST_CASE(depthwise_rows_are_depthwise) {
  Rng rng(16);
  for (const Shape& shape : {Shape{2, 3, 5, 7}, Shape{1, 2, 8, 8}, Shape{2, 2, 3, 19}})
    for (const Padding2d& padding : {Padding2d(0), Padding2d(1), Padding2d{2, 1, 0, 2}}) {
      const std::size_t channels = shape[1];
      const Tensor x = normal(shape, 0, 1, rng), w = normal({channels, 1, 3, 3}, 0, 1, rng),
                   bias = normal({channels}, 0, 1, rng);
      const ConvGeometry g(constant(x), constant(w), constant(bias),
                           {.padding = padding, .groups = channels});
      const Shape result{shape[0], channels, g.out_h, g.out_w};
      for (const bool relu : {false, true}) {
        Tensor plain = zeros(result), rows = zeros(result);
        depthwise(g, x.data(), w.data(), bias.data(), relu, plain.data());
        depthwise_rows(g, x.data(), w.data(), bias.data(), relu, rows.data());
        for (std::size_t i = 0; i < plain.size(); ++i)
          BOOST_REQUIRE_SMALL(plain.data()[i] - rows.data()[i], real{1e-12});
      }
      const Tensor dy = normal(result, 0, 1, rng), dx = normal(shape, 0, 1, rng),
                   dw = normal(w.shape(), 0, 1, rng);
      Tensor plain_x = dx, plain_w = dw, both_x = dx, both_w = dw, only_x = dx, only_w = dw;
      const auto back = [&](auto f, real* to_x, real* to_w) {
        f(g, x.data(), w.data(), dy.data(), to_x, to_w);
      };
      back(depthwise_back, plain_x.data(), plain_w.data());
      back(depthwise_rows_back, both_x.data(), both_w.data());
      back(depthwise_rows_back, only_x.data(), nullptr);
      back(depthwise_rows_back, nullptr, only_w.data());
      for (std::size_t i = 0; i < dx.size(); ++i)
        BOOST_REQUIRE_SMALL(plain_x.data()[i] - both_x.data()[i], real{1e-12});
      for (std::size_t i = 0; i < dw.size(); ++i)
        BOOST_REQUIRE_SMALL(plain_w.data()[i] - both_w.data()[i], real{1e-12});
      BOOST_TEST(identical(both_x, only_x));
      BOOST_TEST(identical(both_w, only_w));
    }
}

// A group is a convolution of its own channels; with one channel each they are computed another
// way.
BOOST_AUTO_TEST_CASE(groups_are_convolutions_side_by_side) {
  Rng rng(12);
  for (const std::size_t each : {1u, 2u}) {
    const std::size_t channels = 3 * each;
    check_equal(
        [](const auto& x) {
          return conv2d(x[0], x[1], {.stride = {1, 2}, .padding = 1, .groups = 3});
        },
        [&](const auto& x) {
          std::vector<Var> parts;
          for (std::size_t i = 0; i < 3; ++i)
            parts.push_back(conv2d(slice(x[0], 1, i * each, i * each + each),
                                   slice(x[1], 0, 2 * i, 2 * i + 2),
                                   {.stride = {1, 2}, .padding = 1}));
          return concatenate(parts, 1);
        },
        {normal({2, channels, 6, 21}, 0, 1, rng), normal({6, each, 3, 3}, 0, 1, rng)});
  }
}

// As in PyTorch: NaN in the picture, the kernel or the gradient reaches what was computed from it.
BOOST_AUTO_TEST_CASE(nan_goes_through) {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  for (const std::size_t groups : {1u, 2u}) {
    Tensor picture = ones({1, 2, 4, 4});
    picture(0, 0, 1, 1) = nan;
    const Var x = variable(picture), w = variable(ones({2, 2 / groups, 1, 1}));
    Tape tape;
    const Var y = conv2d(x, w, {.groups = groups, .relu = true});
    BOOST_TEST(std::isnan(y.value()(0, 0, 1, 1)));
    BOOST_TEST(!std::isnan(y.value()(0, 0, 1, 2)));
    Tensor seed = ones(y.shape());
    seed(0, 0, 2, 2) = nan;
    tape.backward(y, seed);
    BOOST_TEST(std::isnan(x.grad()(0, 0, 2, 2)));
    BOOST_TEST(x.grad()(0, 0, 1, 1) == real(groups == 1 ? 2 : 1)); // the relu lets it by
    BOOST_TEST(std::isnan(w.grad()(0, 0, 0, 0)));
  }
}

BOOST_AUTO_TEST_CASE(options_out_of_range) {
  Rng rng(13);
  const auto says = [&](nn::Conv2dOptions options, const std::string& problem) {
    const std::string text = message_of([&] { nn::Conv2d layer(options, rng); });
    BOOST_TEST(text == "Conv2d: " + problem);
  };
  const nn::Conv2dOptions right{.in_channels = 4, .out_channels = 6, .kernel_size = 3};
  const auto with = [&](auto change) {
    nn::Conv2dOptions options = right;
    change(options);
    return options;
  };
  says(with([](auto& o) { o.in_channels = 0; }), "in_channels is 0, expected at least 1");
  says(with([](auto& o) { o.out_channels = 0; }), "out_channels is 0, expected at least 1");
  says(with([](auto& o) { o.kernel_size = 0; }), "kernel_size is 0, expected at least 1");
  says(with([](auto& o) { o.kernel_size = {3, 0}; }), "kernel_size is (3, 0), expected at least 1");
  says(with([](auto& o) { o.stride = 0; }), "stride is 0, expected at least 1");
  says(with([](auto& o) { o.padding = -1; }), "padding is -1, expected at least 0");
  says(with([](auto& o) { o.padding = Padding2d(0, 0, 1, -2); }),
       "padding is (0, 0, 1, -2), expected at least 0");
  says(with([](auto& o) { o.dilation = {0, 1}; }), "dilation is (0, 1), expected at least 1");
  says(with([](auto& o) { o.groups = 0; }), "groups is 0, expected at least 1");
  says(with([](auto& o) { o.groups = 4; }),
       "groups is 4, expected a divisor of in_channels, 4, and of out_channels, 6");
}

BOOST_AUTO_TEST_CASE(every_variant_as_in_pytorch) {
  Rng rng(1);
  const auto parity = [&](const std::string& name, const nn::Conv2dOptions& options) {
    nn::Conv2d layer(options, rng);
    check_parity("conv_" + name, &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("rectangular", {.in_channels = 2,
                         .out_channels = 3,
                         .kernel_size = {3, 2},
                         .stride = {2, 1},
                         .padding = {1, 0}});
  parity("dilated", {.in_channels = 2,
                     .out_channels = 3,
                     .kernel_size = {2, 3},
                     .stride = {1, 2},
                     .padding = {1, 2},
                     .dilation = {3, 2},
                     .relu = true});
  parity("asymmetric", {.in_channels = 2,
                        .out_channels = 2,
                        .kernel_size = 3,
                        .stride = 2,
                        .padding = {0, 1, 2, 0}});
  parity("groups", {.in_channels = 4,
                    .out_channels = 6,
                    .kernel_size = 3,
                    .padding = 1,
                    .groups = 2,
                    .relu = true});
  parity("depthwise", {.in_channels = 3,
                       .out_channels = 3,
                       .kernel_size = 3,
                       .padding = 1,
                       .groups = 3,
                       .relu = true});
  parity("depthwise_strided", {.in_channels = 2,
                               .out_channels = 4,
                               .kernel_size = {3, 2},
                               .stride = {2, 3},
                               .padding = {0, 1, 1, 2},
                               .dilation = {1, 2},
                               .groups = 2});
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  const auto parity = [&](const std::string& name, nn::Conv2d layer) {
    check_parity("conv_" + name, &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("1_1_0_0", make_layer(1, 1, 0, false, rng));
  parity("2_2_0_1", make_layer(2, 2, 0, true, rng));
  parity("3_1_1_1", make_layer(3, 1, 1, true, rng));
  parity("3_2_1_0", make_layer(3, 2, 1, false, rng));
  parity("3_3_2_0", make_layer(3, 3, 2, false, rng));
  parity("5_2_2_1", make_layer(5, 2, 2, true, rng));
  parity("without_bias", make_layer(3, 2, 1, true, rng, false));
}

BOOST_AUTO_TEST_CASE(without_a_bias) {
  Rng rng(8);
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng, false);
  const auto named = layer.named_parameters();
  BOOST_REQUIRE(named.size() == 1u);
  BOOST_TEST(named[0].first == "weight");
  BOOST_TEST(layer.state_dict().size() == 1u);
  nn::Conv2d with_bias = make_layer(3, 1, 1, false, rng);
  BOOST_CHECK_THROW(layer.load_state_dict(with_bias.state_dict()), std::invalid_argument);

  const Tensor x = normal({2, 2, 4, 5}, 0, 1, rng);
  check_gradients([&](const auto& in) { return layer(in[0]); }, {x}, layer.parameters());
  const Var zero_bias = constant(zeros({3}));
  check_equal(
      [&](const auto& in) { return layer(in[0]); },
      [&](const auto& in) { return conv2d(in[0], layer.weight, zero_bias, {.padding = 1}); }, {x},
      layer.parameters());
}

BOOST_AUTO_TEST_CASE(the_fused_relu_is_a_relu) {
  Rng rng(3);
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng);
  const auto with = [&](bool fused) {
    return [&layer, fused](const std::vector<Var>& x) {
      return conv2d(x[0], layer.weight, layer.bias, {.padding = 1, .relu = fused});
    };
  };
  check_equal(
      with(true), [&](const auto& x) { return relu(with(false)(x)); },
      {normal({3, 2, 5, 4}, 0, 1, rng)}, layer.parameters());
}

// Whoever reads y.grad() afterwards, or between two step_back(), finds what arrived there.
BOOST_AUTO_TEST_CASE(the_gradient_that_arrives_is_left_alone) {
  Rng rng(9);
  nn::Conv2d layer = make_layer(3, 1, 1, true, rng);
  Tape tape;
  const Var y = layer(constant(normal({2, 2, 4, 5}, 0, 1, rng)));
  const Tensor seed = normal(y.shape(), 0, 1, rng);
  tape.backward(y, seed);
  BOOST_TEST(identical(y.grad(), seed));
}

BOOST_AUTO_TEST_CASE(a_1x1_kernel_is_a_linear_layer_over_channels) {
  Rng rng(4);
  nn::Conv2d layer = make_layer(1, 1, 0, false, rng);
  check_equal([&](const auto& x) { return layer(x[0]); },
              [&](const auto& x) {
                const Var channels_last = transpose(x[0], {0, 2, 3, 1});
                const Var y = linear(channels_last, reshape(layer.weight, {3, 2}), layer.bias);
                return transpose(y, {0, 3, 1, 2});
              },
              {normal({2, 2, 3, 4}, 0, 1, rng)}, layer.parameters());
}

// The pull-back skips what nobody needs, and what remains is the same.
BOOST_AUTO_TEST_CASE(constants_get_no_gradient) {
  Rng rng(5);
  const Var x = constant(normal({2, 2, 4, 4}, 0, 1, rng));
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng);
  const Var fixed_weight = constant(layer.weight.value());
  Tape tape;
  tape.backward(sum(conv2d(x, fixed_weight, layer.bias)));
  BOOST_TEST(!x.has_grad());
  BOOST_TEST(!fixed_weight.has_grad());
  BOOST_TEST(layer.bias.grad().data()[1] == 8); // 2 pictures of 2x2 ones
}

BOOST_AUTO_TEST_CASE(an_empty_batch) {
  Rng rng(5);
  nn::Conv2d layer = make_layer(3, 1, 1, true, rng);
  Tape tape;
  const Var y = layer(constant(zeros({0, 2, 4, 5})));
  BOOST_TEST(to_string(y.shape()) == "(0, 3, 4, 5)");
  tape.backward(sum(y));
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(6);
  nn::Conv2d layer = make_layer(3, 1, 0, false, rng);
  const auto message = [&](const Shape& shape) {
    return message_of([&] { layer(constant(zeros(shape))); });
  };
  const auto says = [&](const Shape& shape, const std::string& problem) {
    const std::string text = message(shape);
    BOOST_TEST(text.find("conv2d at ") == 0u);
    BOOST_TEST(text.find(problem) != std::string::npos, text);
  };
  says({2, 2, 5}, "expected (B, C, H, W)");
  says({2, 3, 5, 5}, "3 channels, but the kernel has 2");
  says({2, 2, 5, 2}, "the kernel is larger than the picture");
  const Var x = constant(zeros({1, 2, 5, 5})), w = constant(zeros({3, 2, 3, 3}));
  BOOST_CHECK_THROW(conv2d(x, w, constant(zeros({4}))), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, constant(zeros({3, 2, 3}))), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.stride = 0}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, constant(zeros({3})), {.stride = 0}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.dilation = {1, 0}}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.dilation = 3}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.padding = -1}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.groups = 0}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.groups = 2}), ShapeError); // 3 outputs
  BOOST_CHECK_THROW(conv2d(x, constant(zeros({4, 2, 3, 3})), {.groups = 2}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, constant(zeros({3, 2, 0, 3}))), ShapeError);
}

// Run by the next test in processes of its own: a process has one number of threads.
BOOST_AUTO_TEST_CASE(write_bits, *boost::unit_test::disabled()) {
  Rng rng(7);
  nn::Conv2d layer(
      {.in_channels = 8, .out_channels = 16, .kernel_size = 3, .padding = 1, .relu = true}, rng);
  const Var x = variable(normal({11, 8, 24, 20}, 0, 1, rng));
  const Var w = variable(normal({160, 16 * 480}, 0, 1, rng));
  Tape tape;
  const Var y = linear(reshape(layer(x), {11, 16 * 480}), w); // 13 million products: split as well
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  // One picture, whose channels and pieces are shared out; channels each for themselves; and what
  // stands behind convolutions.
  const Var one = variable(normal({1, 24, 40, 36}, 0, 1, rng));
  nn::Conv2d wide({.in_channels = 24, .out_channels = 32, .kernel_size = 3, .padding = 1}, rng);
  nn::Conv2d each({.in_channels = 32, .out_channels = 32, .kernel_size = 3, .groups = 32}, rng);
  nn::BatchNorm2d norm({.num_features = 32});
  Tape second;
  const Var z = avg_pool2d(max_pool2d(norm(each(wide(one))), 3, 1, {.padding = 1}), 3, 2);
  second.backward(z, normal(z.shape(), 0, 1, rng));
  std::string bits;
  for (const Tensor& t : {y.value(), x.grad(), w.grad(), layer.weight.grad(), layer.bias.grad(),
                          z.value(), one.grad(), wide.weight.grad(), wide.bias.grad(),
                          each.weight.grad(), norm.weight.grad(), norm.running_var})
    bits.append(reinterpret_cast<const char*>(t.data()), t.size() * sizeof(real));
  write_file(std::getenv("TAPESTRY_BITS"), bits);
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_number_of_threads) {
  const TemporaryFolder folder;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto bits = [&](int threads) {
    std::ostringstream command;
    command << "TAPESTRY_THREADS=" << threads << " TAPESTRY_BITS='" << (folder / "bits") << "' '"
            << self << "' --run_test=conv/write_bits --log_level=nothing > '" << (folder / "log")
            << "' 2>&1";
    BOOST_REQUIRE(std::system(command.str().c_str()) == 0);
    return read_file(folder / "bits");
  };
  const std::string one = bits(1);
  BOOST_TEST(one.size() > 100'000u);
  for (const int threads : {2, 3, 8, 16}) BOOST_TEST((bits(threads) == one));
}

BOOST_AUTO_TEST_SUITE_END()
