// Layer normalisation.
#include "check.hpp"

using namespace tapestry;

namespace {

Var composed(const Var& x, const Var& weight, const Var& bias) { // over one axis
  const Var centred = x - mean(x, {-1}, true);
  return centred / sqrt(var(x, {-1}, true, 0) + 1e-5) * weight + bias;
}

} // namespace

BOOST_AUTO_TEST_SUITE(layer_norm_)

BOOST_AUTO_TEST_CASE(gradients) {
  const std::pair<Shape, Shape> cases[] = {
      {{2, 5}, {5}}, {{4, 4}, {4}}, {{5}, {5}}, {{2, 3, 4}, {4}}, {{2, 3, 4}, {3, 4}}};
  std::uint64_t seed = 0;
  for (const auto& [s, d] : cases)
    expect_gradients("layer_norm",
                     [](const Var& x, const Var& w, const Var& b) { return layer_norm(x, w, b); },
                     {random(s, ++seed), random(d, seed + 10), random(d, seed + 20)});
}

BOOST_AUTO_TEST_CASE(fused_and_composed_agree) {
  const Tensor x = random({6, 20}), seed = random({6, 20}, 4);
  const Var x1 = variable(x), w1 = variable(random({20}, 2)), b1 = variable(random({20}, 3));
  const Var x2 = variable(x), w2 = variable(w1.value()), b2 = variable(b1.value());
  Tape tape;
  const Var y1 = layer_norm(x1, w1, b1), y2 = composed(x2, w2, b2);
  tape.backward(sum(y1 * constant(seed)) + sum(y2 * constant(seed)));
  // some ten roundings, and what cancels in x's gradient
  BOOST_CHECK(distance(y1.value(), y2.value()) < 1e-14);
  BOOST_CHECK(distance(x1.grad(), x2.grad()) < 1e-13);
  BOOST_CHECK(distance(w1.grad(), w2.grad()) < 1e-14);
  BOOST_CHECK(distance(b1.grad(), b2.grad()) < 1e-14);
}

BOOST_AUTO_TEST_CASE(far_from_zero) {
  // 2^40 loses nothing of these numbers, and neither must the mean
  Tensor x = Tensor::from_shape({1, 1000}), shifted = x;
  for (std::size_t i = 0; i < 1000; ++i) {
    x.data()[i] = static_cast<real>(i * i % 997) / 8;
    shifted.data()[i] = x.data()[i] + std::ldexp(real{1}, 40);
  }
  const Var w = constant(ones({1000})), b = constant(zeros({1000}));
  BOOST_CHECK(distance(layer_norm(constant(shifted), w, b).value(),
                       layer_norm(constant(x), w, b).value()) < 1e-12);
}

BOOST_AUTO_TEST_CASE(a_row_of_equal_entries_and_no_rows) {
  const Var w = variable(ones({3})), b = variable(Tensor{1, 2, 3});
  const Var x = variable(full({2, 3}, 7)), none = variable(zeros({0, 3}));
  Tape tape({.check_finite = true});
  const Var y = layer_norm(x, w, b), z = layer_norm(none, w, b);
  BOOST_CHECK(same(y.value(), Tensor{{1, 2, 3}, {1, 2, 3}}));
  BOOST_CHECK_EQUAL(to_string(z.shape()), "(0, 3)");
  tape.backward(sum(y) + sum(z));
  BOOST_CHECK(same(b.grad(), Tensor{2, 2, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
