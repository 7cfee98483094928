// The squared error.
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

BOOST_AUTO_TEST_SUITE_END()
