// The squared error, and the cross entropy of yes-or-no answers.
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(mse_gradients) {
  std::uint64_t seed = 0;
  for (const Shape& s : {Shape{}, Shape{5}, Shape{2, 3}, Shape{3, 3}}) {
    const Tensor p = random(s, ++seed), t = random(s, seed + 100);
    expect_gradients("mse", [](const Var& x, const Var& y) { return mse_loss(x, y); }, {p, t});
    expect_gradients("mse", [&](const Var& x) { return mse_loss(x, constant(t)); }, {p});
    expect_gradients("mse", [&](const Var& y) { return mse_loss(constant(p), y); }, {t});
  }
  expect_gradients("mse of x and x^2", [](const Var& x) { return mse_loss(x, x * x); },
                   {random({2, 3})});
}

BOOST_AUTO_TEST_CASE(mse_value) {
  const Var p = variable(Tensor{1, 2, 3, 4}), t = constant(Tensor{1, 0, 3, 8});
  Tape tape;
  const Var loss = mse_loss(p, t);
  BOOST_CHECK_EQUAL(loss.item(), 5); // exact: (0 + 4 + 0 + 16) / 4
  tape.backward(loss);
  BOOST_CHECK(same(p.grad(), Tensor{0, 1, 0, -2}));
  BOOST_CHECK(!t.has_grad());
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_gradients) {
  std::uint64_t seed = 0;
  const auto loss = [](const Var& x, const Var& t) { return binary_cross_entropy(x, t); };
  for (const Shape& s : {Shape{}, Shape{5}, Shape{2, 3}, Shape{3, 3}}) {
    Rng rng(++seed);
    const Tensor x = random(s, seed), t = uniform(s, 0, 1, rng);
    expect_gradients("bce", loss, {x, t});
    expect_gradients("bce", [&](const Var& in) { return loss(in, constant(t)); }, {x});
    expect_gradients("bce", [&](const Var& in) { return loss(constant(x), in); }, {t});
  }
  expect_gradients("bce of x and x^2", [&](const Var& x) { return loss(x, x * x); },
                   {random({2, 3})});
  // at 0, where the formula's max and |x| have kinks and the loss has none
  expect_gradients("bce at 0",
                   [&](const Var& x) {
                     return loss(x, constant(Tensor{0, 0.25, 1}));
                   },
                   {zeros({3})});
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_of_large_logits) {
  const Var x = variable(Tensor{100, 100, -100, -100}), t = constant(Tensor{1, 0, 1, 0});
  const double inf = std::numeric_limits<double>::infinity();
  BOOST_CHECK_EQUAL(binary_cross_entropy(constant(Tensor(inf)), constant(Tensor(0.3))).item(), inf);
  BOOST_CHECK_EQUAL(binary_cross_entropy(constant(Tensor(-inf)), constant(Tensor(0.3))).item(), inf);

  Tape tape({.check_finite = true});
  const Var loss = binary_cross_entropy(x, t);
  BOOST_CHECK_EQUAL(loss.item(), 50); // (0 + 100 + 100 + 0) / 4; e^-100 is lost beside it
  tape.backward(loss);
  BOOST_CHECK(distance(x.grad(), Tensor{0, 0.25, -0.25, 0}) < 1e-15);
  BOOST_CHECK(!t.has_grad());

  // Far out and right, what is left of the loss is e^-x: in float it would vanish beside 1.
  const Var sure = constant(Tensor{30});
  BOOST_CHECK(std::abs(binary_cross_entropy(sure, constant(Tensor{1})).item() / std::exp(-30.0) -
                       1) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
