#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/batch_norm.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

nn::BatchNorm2d random_layer(std::size_t channels, Rng& rng) {
  nn::BatchNorm2d layer({.num_features = channels, .eps = 1e-3, .momentum = 0.3});
  layer.weight.value() = uniform({channels}, 0.5, 1.5, rng);
  layer.bias.value() = uniform({channels}, -1, 1, rng);
  layer.running_mean = uniform({channels}, -1, 1, rng);
  layer.running_var = uniform({channels}, 0.5, 1.5, rng);
  return layer;
}

Var a_channel(const Var& v) { return reshape(v, {v.shape()[0], 1, 1}); }

} // namespace

BOOST_AUTO_TEST_SUITE(batch_norm)

BOOST_AUTO_TEST_CASE(gradients) { // in training they flow through mean and variance
  Rng rng(1);
  for (const bool training : {true, false}) {
    nn::BatchNorm2d layer = random_layer(3, rng);
    layer.train(training);
    check_gradients([&](const auto& x) { return layer(x[0]); }, {normal({4, 3, 2, 5}, 1, 2, rng)},
                    layer.parameters());
  }
  nn::BatchNorm2d one = random_layer(10, rng); // one pixel, and more channels than parts
  check_gradients([&](const auto& x) { return one(x[0]); }, {normal({3, 10, 1, 1}, 0, 1, rng)},
                  one.parameters());
}

BOOST_AUTO_TEST_CASE(gradients_of_rows_and_sequences) {
  Rng rng(5);
  for (const bool training : {true, false})
    for (const bool affine : {true, false})
      for (const Shape& shape : {Shape{5, 3}, Shape{3, 3}, Shape{2, 3, 4}}) {
        nn::BatchNorm1d layer({.num_features = 3, .affine = affine});
        layer.train(training);
        BOOST_TEST(layer.parameters().size() == (affine ? 2u : 0u));
        check_gradients([&](const auto& x) { return layer(x[0]); }, {normal(shape, 1, 2, rng)},
                        layer.parameters());
      }
  Tensor mean, variance; // of any number of axes; and a large channel, summed up in blocks
  for (const Shape& shape : {Shape{2, 2, 1, 2, 2}, Shape{3, 1, 41, 47}})
    check_gradients(
        [&](const auto& x) { return tapestry::batch_norm(x[0], x[1], x[2], 1e-3, mean, variance); },
        {normal(shape, 1, 2, rng), normal({shape[1]}, 0, 1, rng), normal({shape[1]}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(every_variant_as_in_pytorch) {
  const auto parity = [](const std::string& name, auto layer) {
    check_parity(name, &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("batch_norm_rows", nn::BatchNorm1d({.num_features = 3, .eps = 1e-3, .momentum = 0.3}));
  parity("batch_norm_sequences",
         nn::BatchNorm1d({.num_features = 3, .eps = 1e-3, .momentum = 0.3}));
  parity("batch_norm_plain",
         nn::BatchNorm2d({.num_features = 3, .eps = 1e-3, .momentum = 0.3, .affine = false}));
  parity("batch_norm_cumulative",
         nn::BatchNorm1d({.num_features = 3, .eps = 1e-3, .momentum = std::nullopt}));
}

BOOST_AUTO_TEST_CASE(without_a_momentum_all_batches_count_alike) {
  Rng rng(6);
  nn::BatchNorm1d layer({.num_features = 2, .momentum = std::nullopt});
  Tensor sum_of_means = zeros({2});
  for (int i = 0; i < 3; ++i) {
    const Var x = constant(normal({4, 2}, i, 1, rng));
    layer(x);
    sum_of_means += mean(x, {0}).value();
  }
  BOOST_TEST(layer.num_batches_tracked() == 3);
  BOOST_TEST(difference(layer.running_mean, sum_of_means / 3) < same_in_double);
  nn::BatchNorm1d other({.num_features = 2, .momentum = std::nullopt});
  other.load_state_dict(layer.state_dict()); // it goes on counting where the first one was
  const Var x = constant(normal({4, 2}, 0, 1, rng));
  layer(x), other(x);
  BOOST_TEST(identical(layer.state_dict(), other.state_dict()));
}

// What a gradient check evaluates dozens of times is no batch of the training.
BOOST_AUTO_TEST_CASE(a_gradient_check_moves_no_statistics) {
  Rng rng(7);
  for (const bool cumulative : {false, true}) {
    nn::BatchNorm2d layer(
        {.num_features = 2, .momentum = cumulative ? std::nullopt : std::optional(0.1)});
    const nn::StateDict before = layer.state_dict();
    check_gradients([&](const auto& x) { return layer(x[0]); }, {normal({2, 2, 2, 3}, 1, 2, rng)},
                    layer.parameters());
    BOOST_TEST(identical(layer.state_dict(), before));
    layer(constant(normal({2, 2, 2, 3}, 1, 2, rng)));
    BOOST_TEST(!identical(layer.state_dict(), before));
  }
}

BOOST_AUTO_TEST_CASE(no_channels) {
  Tensor mean, variance;
  const Var none = constant(zeros({0}));
  const Var x = variable(zeros({2, 0, 3, 3}));
  Tape tape;
  const Var y = batch_norm2d(x, none, none, 1e-5, mean, variance);
  BOOST_TEST(to_string(y.shape()) == "(2, 0, 3, 3)");
  tape.backward(sum(y));
}

BOOST_AUTO_TEST_CASE(constants_get_no_gradient) {
  Rng rng(8);
  const Var x = variable(normal({4, 3}, 0, 1, rng)), one = constant(ones({3}));
  Tensor mean, variance;
  Tape tape;
  tape.backward(sum(tapestry::batch_norm(x, one, one, 1e-5, mean, variance)));
  BOOST_TEST(x.has_grad());
  BOOST_TEST(!one.has_grad());
}

BOOST_AUTO_TEST_CASE(options_out_of_range) {
  const auto says = [](const nn::BatchNormOptions& options, const std::string& problem) {
    BOOST_TEST(message_of([&] { nn::BatchNorm1d layer(options); }) == "BatchNorm1d: " + problem);
  };
  const double nan = std::nan("");
  says({.num_features = 0}, "num_features is 0, expected at least 1");
  says({.num_features = 2, .eps = -1}, "eps is -1, expected at least 0");
  says({.num_features = 2, .eps = nan}, "eps is nan, expected at least 0");
  says({.num_features = 2, .momentum = 1.5}, "momentum is 1.5, expected a number from 0 to 1");
  says({.num_features = 2, .momentum = nan}, "momentum is nan, expected a number from 0 to 1");
  BOOST_CHECK_THROW(nn::BatchNorm2d({.num_features = 0}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) { // running statistics too
  Rng rng(1);
  nn::BatchNorm2d layer = random_layer(3, rng);
  const auto run = [&](const auto& x) { return std::vector{layer(x[0])}; };
  check_parity("batch_norm_training", &layer, run);
  layer.eval();
  check_parity("batch_norm_evaluation", &layer, run);
  BOOST_TEST(fixture("batch_norm_training").buffers_after.size() == 2u);
}

BOOST_AUTO_TEST_CASE(evaluation_is_the_formula) {
  Rng rng(2);
  nn::BatchNorm2d layer = random_layer(3, rng);
  layer.eval();
  const nn::StateDict before = layer.state_dict();
  check_equal([&](const auto& x) { return layer(x[0]); },
              [&](const auto& x) {
                const Var deviation = sqrt(constant(layer.running_var) + 1e-3);
                return (x[0] - a_channel(constant(layer.running_mean))) / a_channel(deviation) *
                           a_channel(layer.weight) +
                       a_channel(layer.bias);
              },
              {normal({2, 3, 4, 3}, 0, 1, rng)}, layer.parameters());
  BOOST_TEST(identical(layer.state_dict(), before)); // evaluation counts nothing
}

BOOST_AUTO_TEST_CASE(training_is_the_formula) {
  Rng rng(3);
  nn::BatchNorm2d layer = random_layer(3, rng);
  check_equal([&](const auto& x) { return layer(x[0]); },
              [&](const auto& x) {
                const Var centred = x[0] - mean(x[0], {0, 2, 3}, true);
                const Var variance = var(x[0], {0, 2, 3}, true, 0);
                return centred / sqrt(variance + 1e-3) * a_channel(layer.weight) +
                       a_channel(layer.bias);
              },
              {normal({2, 3, 4, 3}, 0, 1, rng)}, layer.parameters());
}

// Entries near 1e6 with deviation 1: a variance computed as E[x^2] - E[x]^2 would lose 12 digits.
// Subtracting the mean first loses 6 of 16, so 1e-8 is ample.
BOOST_AUTO_TEST_CASE(a_large_mean_costs_little_accuracy) {
  Rng rng(4);
  const Tensor x = normal({4, 1, 5, 5}, 0, 1, rng);
  nn::BatchNorm2d layer({.num_features = 1});
  const Tensor expected = layer(constant(x)).value();
  const Var moved = constant(x) + 1e6;
  BOOST_TEST(difference(layer(moved).value(), expected) < 1e-8);
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  nn::BatchNorm2d layer({.num_features = 3});
  BOOST_CHECK_THROW(layer(constant(zeros({2, 4, 3, 3}))), ShapeError);
  BOOST_CHECK_THROW(layer(constant(zeros({2, 3, 3}))), ShapeError);
  BOOST_CHECK_THROW(layer(constant(zeros({1, 3, 1, 1}))), ShapeError); // no variance
  BOOST_CHECK_THROW(layer(constant(zeros({0, 3, 2, 2}))), ShapeError);
  nn::BatchNorm1d rows({.num_features = 3});
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{4, 2}, Shape{1, 3}, Shape{2, 3, 2, 2}})
    BOOST_CHECK_THROW(rows(constant(zeros(shape))), ShapeError);
  BOOST_TEST(message_of([&] { rows(constant(zeros({4, 2}))); }).find("batch_norm1d at ") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
