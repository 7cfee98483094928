// softmax, log_softmax and cross entropy.
#include "check.hpp"

using namespace tapestry;

namespace {
const real infinity = std::numeric_limits<real>::infinity();
}

BOOST_AUTO_TEST_SUITE(softmax_)

BOOST_AUTO_TEST_CASE(gradients) {
  std::uint64_t seed = 0;
  for (const Shape& s : {Shape{5}, Shape{2, 3}, Shape{3, 3}, Shape{2, 1, 4}, Shape{2, 3, 4}}) {
    const Tensor x = random(s, ++seed);
    expect_gradients("softmax", [](const Var& v) { return softmax(v); }, {x});
    expect_gradients("log_softmax", [](const Var& v) { return log_softmax(v); }, {x});
  }
}

BOOST_AUTO_TEST_CASE(rows_sum_to_one_however_large) {
  const Tensor x{{1000, 999, -1000}, {-1e4, -1e4, -1e4}, {0, 0, 80}};
  const Var p = softmax(constant(x));
  for (std::size_t r = 0; r < 3; ++r) {
    double total = 0;
    for (std::size_t j = 0; j < 3; ++j) total += static_cast<double>(p.value()(r, j));
    BOOST_CHECK_SMALL(total - 1, 3e-7); // three roundings of float
  }
  const Var logs = log_softmax(constant(x));
  for (real v : logs.value().storage()) BOOST_CHECK(std::isfinite(v));
}

BOOST_AUTO_TEST_CASE(a_masked_class_gets_nothing) {
  const Var x = variable(Tensor{{0, -infinity, 0}});
  Tape tape;
  const Var loss = cross_entropy(x, Indices{0}) + sum(softmax(x) * constant(Tensor{{1, 2, 3}}));
  BOOST_CHECK_CLOSE(loss.item(), std::log(2.0) + 2, 1e-4); // percent
  tape.backward(loss);
  for (real g : x.grad().storage()) BOOST_CHECK(std::isfinite(g));
  BOOST_CHECK_EQUAL(x.grad().data()[1], 0);
}

BOOST_AUTO_TEST_CASE(along_another_axis) {
  for (int axis : {0, 1, 2, -2}) {
    const Tensor x = random({2, 3, 4});
    expect_gradients("softmax", [=](const Var& v) { return softmax(v, axis); }, {x});
    expect_gradients("log_softmax", [=](const Var& v) { return log_softmax(v, axis); }, {x});
  }
}

BOOST_AUTO_TEST_CASE(masked) {
  const Indices mask{{1, 0, 1, 1}, {0, 0, 1, 0}, {1, 1, 1, 1}}, row{0, 1, 1, 0};
  for (const Indices& m : {mask, row}) {
    expect_gradients("masked softmax", [&](const Var& v) { return softmax(v, m); },
                     {random({3, 4})});
    expect_gradients("masked softmax", [&](const Var& v) { return softmax(v, m); },
                     {random({2, 3, 4}, 2)});
    // where the mask is 0 the logarithm is -inf, which no difference can be made of
    expect_gradients("masked log_softmax",
                     [&](const Var& v) { return where(m, log_softmax(v, m), 0); },
                     {random({3, 4}, 3)});
  }
}

BOOST_AUTO_TEST_CASE(what_is_masked_does_not_matter) {
  const real nan = std::nan("");
  const Indices mask{{1, 0, 1}, {0, 0, 0}};
  const Var x = variable(Tensor{{0, nan, 0}, {infinity, nan, -infinity}});
  Tape tape;
  const Var p = softmax(x, mask), logs = log_softmax(x, mask);
  BOOST_CHECK(same(p.value(), tensor({2, 3}, {0.5, 0, 0.5, 0, 0, 0})));
  BOOST_CHECK_EQUAL(logs.value()(0, 1), -infinity);
  for (std::size_t j = 0; j < 3; ++j) BOOST_CHECK_EQUAL(logs.value()(1, j), -infinity);
  tape.backward(p * 2 + where(mask, logs, 0), Tensor{{1, 5, 3}, {1, 2, 3}});
  // softmax: 2 p (dy - 2) = -1, 1; log_softmax: dy - p * 4 = -1, 1
  BOOST_CHECK(distance(x.grad(), Tensor{{-2, 0, 2}, {0, 0, 0}}) < 1e-14);
}

BOOST_AUTO_TEST_CASE(cross_entropy_gradients) {
  std::uint64_t seed = 0;
  for (double smoothing : {0.0, 0.1, 1.0})
    for (const Indices& targets :
         {Indices{0, 4, 2, 2}, Indices{0, -100, 2, -100}, Indices{-100, -100, -100, 3}}) {
      const CrossEntropyOptions options{.label_smoothing = smoothing};
      expect_gradients("cross_entropy",
                       [&](const Var& v) { return cross_entropy(v, targets, options); },
                       {random({4, 5}, ++seed)});
    }
  expect_gradients("cross_entropy of (T, B, V)",
                   [](const Var& v) {
                     return cross_entropy(v, Indices{{0, 3, 1}, {1, 2, 0}}, {.ignore_index = 0});
                   },
                   {random({2, 3, 4})});
  expect_gradients("cross_entropy, square",
                   [](const Var& v) {
                     return cross_entropy(v, Indices{2, 0, 1});
                   },
                   {random({3, 3})});
}

BOOST_AUTO_TEST_CASE(cross_entropy_of_nothing_is_zero) {
  const Var x = variable(random({2, 3}));
  Tape tape;
  const Var loss = cross_entropy(x, Indices{-100, -100});
  BOOST_CHECK_EQUAL(loss.item(), 0);
  tape.backward(loss);
  BOOST_CHECK(same(x.grad(), zeros({2, 3})));
  const GradcheckReport report = gradcheck(
      [](const Var& v) {
        return cross_entropy(v, Indices{-100, -100});
      },
      {x});
  BOOST_CHECK(!report.passed); // a check of nothing proves nothing
  BOOST_CHECK(contains(report.problem, "vacuous"));
}

BOOST_AUTO_TEST_CASE(cross_entropy_is_the_mean_of_minus_log_softmax) {
  const Tensor x = random({3, 4});
  const Var logs = log_softmax(constant(x));
  const double expected = -static_cast<double>(logs.value()(0, 1) + logs.value()(2, 3)) / 2;
  const double loss = static_cast<double>(cross_entropy(constant(x), Indices{1, -100, 3}).item());
  BOOST_CHECK_CLOSE(loss, expected, 1e-4); // percent: a few roundings of float
}

BOOST_AUTO_TEST_SUITE_END()
