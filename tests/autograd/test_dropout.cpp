// Dropout.
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(dropout_)

BOOST_AUTO_TEST_CASE(gradient_with_a_fixed_mask) {
  // A generator that starts anew at every call makes the same mask; the check moves x only.
  expect_gradients("dropout",
                   [](const Var& v) {
                     Rng rng(7);
                     return dropout(v, 0.3, rng);
                   },
                   {random({4, 5})});
}

BOOST_AUTO_TEST_CASE(the_share_that_is_dropped) {
  const double n = 40'000, p = 0.25;
  Rng rng(1);
  const Var y = dropout(constant(ones({200, 200})), p, rng);
  double dropped = 0, total = 0;
  for (real v : y.value().storage()) {
    dropped += v == 0;
    total += static_cast<double>(v);
    if (v != 0) BOOST_REQUIRE_CLOSE(v, 1 / (1 - p), 1e-4);
  }
  // five standard deviations of a binomial share: 5 sqrt(p (1-p) / n) = 0.011
  BOOST_CHECK_SMALL(dropped / n - p, 0.011);
  BOOST_CHECK_SMALL(total / n - 1, 0.015); // the expected value is unchanged
}

BOOST_AUTO_TEST_CASE(nothing_is_dropped_with_probability_zero) {
  Rng rng(1);
  const Tensor x = random({3, 4});
  BOOST_CHECK(same(dropout(constant(x), 0, rng).value(), x));
}

BOOST_AUTO_TEST_CASE(everything_is_dropped_with_probability_one) { // as in PyTorch
  Rng rng(1);
  const Var x = variable(random({3, 4}));
  Tape tape;
  const Var y = dropout(x, 1, rng);
  BOOST_CHECK(same(y.value(), zeros({3, 4})));
  tape.backward(y, ones({3, 4}));
  BOOST_CHECK(same(x.grad(), zeros({3, 4})));
}

BOOST_AUTO_TEST_CASE(probabilities_out_of_range) {
  Rng rng(1);
  const Var x = constant(ones({2}));
  for (double p : {-0.1, 1.01, 1.5, std::nan("")}) {
    const int line = __LINE__ + 1;
    const auto text = message_of<std::invalid_argument>([&] { dropout(x, p, rng); });
    BOOST_CHECK_MESSAGE(contains(text, "test_dropout.cpp:" + std::to_string(line)), text);
    BOOST_CHECK(contains(text, "expected 0 <= p <= 1"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
