#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/batch_norm.hpp"
#include "tests/nn/check.hpp"

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
}

BOOST_AUTO_TEST_SUITE_END()
