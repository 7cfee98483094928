// One vector for a whole sequence, without its padding.
#include <boost/test/unit_test.hpp>

#include <limits>

#include "autograd/base/error.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/sequences/over_time.hpp"
#include "nn/training/weight_average.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;

namespace {
const Lengths ragged_lengths{2, 3, 1};
constexpr real nan_ = std::numeric_limits<real>::quiet_NaN();
// (3, 3, 1), columns 1 5 | 2 8 3 | 7, and NaN where nothing is
const Tensor padded = reshaped(Tensor{1, 2, 7, 5, 8, nan_, nan_, 3, nan_}, {3, 3, 1});
} // namespace

BOOST_AUTO_TEST_SUITE(over_time)

BOOST_AUTO_TEST_CASE(values) {
  const Var x = constant(padded);
  const auto column = [](real a, real b, real c) { return reshaped(Tensor{a, b, c}, {3, 1}); };
  BOOST_TEST((last_valid(x, ragged_lengths).value() == column(5, 3, 7)));
  BOOST_TEST((max_valid(x, ragged_lengths).value() == column(5, 8, 7)));
  const Tensor mean = mean_valid(x, ragged_lengths).value();
  for (std::size_t b = 0; b < 3; ++b)
    BOOST_TEST(mean(b, 0) == column(3, real(13) / 3, 7)(b, 0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(masked_mean(constant(reshaped(padded, {3, 3})), ragged_lengths).item() == real(26) / 6,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  const Lengths of_four{3, 5, 1, 2};
  const Tensor x = normal({5, 4, 3}, 0, 1, rng);
  for (Var (*f)(const Operand&, const Lengths&) : {last_valid, mean_valid, max_valid})
    testing::check_gradients([&](const std::vector<Var>& in) { return f(in[0], of_four); }, {x});
  testing::check_gradients([&](const std::vector<Var>& in) { return masked_mean(in[0], of_four); },
                           {normal({5, 4}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  const std::pair<const char*, Var (*)(const Operand&, const Lengths&)> cases[] = {
      {"last_valid", last_valid},
      {"mean_valid", mean_valid},
      {"max_valid", max_valid},
      {"masked_mean", masked_mean}};
  for (const auto& [name, f] : cases)
    testing::check_parity(name, nullptr, [f = f](const std::vector<Var>& x) {
      return std::vector{f(x[0], {3, 5, 1, 2})};
    });
}

BOOST_AUTO_TEST_CASE(no_gradient_reaches_the_padding) {
  for (Var (*f)(const Operand&, const Lengths&) : {last_valid, mean_valid, max_valid}) {
    const Var x = variable(padded);
    Tape tape;
    const Var y = f(x, ragged_lengths);
    tape.backward(y, ones(y.shape()));
    for (const std::size_t place : {5, 6, 8}) BOOST_TEST(x.grad().data()[place] == 0);
  }
}

BOOST_AUTO_TEST_CASE(shapes) {
  const Var x = constant(zeros({3, 3, 2}));
  BOOST_CHECK_THROW(last_valid(x, {1, 2}), ShapeError);
  BOOST_CHECK_THROW(mean_valid(x, {1, 2, 4}), ShapeError);
  BOOST_CHECK_THROW(max_valid(x, {0, 2, 3}), ShapeError);
  BOOST_CHECK_THROW(last_valid(constant(zeros({3})), {1}), ShapeError);
  BOOST_CHECK_THROW(masked_mean(x, {1, 2, 3}), ShapeError);
  BOOST_TEST((last_valid(constant(zeros({4, 2, 3, 5})), {1, 4}).shape() == Shape{2, 3, 5}));
  BOOST_TEST((mean_valid(constant(zeros({4, 2})), {1, 4}).shape() == Shape{2}));
}

BOOST_AUTO_TEST_CASE(an_average_of_weights) {
  Rng rng(1);
  nn::Linear layer({.in_features = 1, .out_features = 1, .bias = false}, rng);
  layer.weight.set(full({1, 1}, 8));
  nn::WeightAverage average(layer, 0.3);
  const auto weight = [&] { return std::as_const(layer.weight).value()(0, 0); };
  layer.weight.set(full({1, 1}, 0));
  average.update(); // d = 1/10: 0.8
  layer.weight.set(full({1, 1}, 1));
  average.update(); // d = 2/11: 1 + 2/11 (0.8 - 1)
  average.exchange();
  const real second = 1 - real(0.4) / 11;
  BOOST_TEST(weight() == second, boost::test_tools::tolerance(1e-12));
  average.exchange();
  BOOST_TEST(weight() == 1);
  average.update(); // d = 0.25
  average.update(); // d = 0.3, no longer 4/13
  average.exchange();
  BOOST_TEST(weight() == 1 + real(0.25 * 0.3) * (second - 1), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(average.state_dict().at("steps")() == 4);
  BOOST_CHECK_THROW(nn::WeightAverage(layer, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
