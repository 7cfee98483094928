#include <boost/test/unit_test.hpp>

#include "autograd/error.hpp"
#include "nn/rnn.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(elman_cell)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  for (const std::size_t input : {3u, 4u}) { // 4: all weights square
    nn::RNNCell cell({.input_size = input, .hidden_size = 4}, rng);
    check_gradients([&](const auto& x) { return cell(x[0], x[1]); },
                    {normal({5, input}, 0, 1, rng), normal({5, 4}, 0, 1, rng)}, cell.parameters());
    check_gradients( // twice: the weights' gradients add up over the steps
        [&](const auto& x) { return cell(x[0], cell(x[0], x[1])); },
        {normal({1, input}, 0, 1, rng), normal({1, 4}, 0, 1, rng)}, cell.parameters());
  }
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  nn::RNNCell cell({.input_size = 3, .hidden_size = 4}, rng);
  check_parity("rnn_cell", &cell, [&](const auto& x) { return std::vector{cell(x[0], x[1])}; });
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(1);
  nn::RNNCell cell({.input_size = 3, .hidden_size = 4}, rng);
  const auto run = [&](const Shape& x, const Shape& h) {
    cell(constant(zeros(x)), constant(zeros(h)));
  };
  run({2, 3}, {2, 4});
  BOOST_CHECK_THROW(run({2, 4}, {2, 4}), ShapeError);
  BOOST_CHECK_THROW(run({2, 3}, {2, 3}), ShapeError);
  BOOST_CHECK_THROW(run({2, 3}, {3, 4}), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
