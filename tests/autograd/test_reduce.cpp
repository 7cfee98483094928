// Sum, mean, max and variance over every set of axes.
#include "check.hpp"

using namespace tapestry;

namespace {

const std::pair<Shape, std::vector<Axes>> cases[] = {
    {{}, {{}}},
    {{5}, {{}, {0}, {-1}}},
    {{2, 3}, {{}, {0}, {1}, {-1}, {-2}, {0, 1}}},
    {{3, 3}, {{0}, {1}}},
    {{2, 3, 4}, {{}, {0}, {1}, {2}, {0, 2}, {-1, -2}, {2, 0}, {0, 1}}},
    {{2, 1, 4}, {{1}, {0, 1}}},
    {{1, 3, 1}, {{0}, {1}, {2, 1}}},
    {{2, 3, 1, 2, 3}, {{1, 3}, {-1, 0}}},
};

using Reduce = Var (*)(const Operand&, const Axes&, bool);
const std::pair<const char*, Reduce> reductions[] = {{"sum", sum}, {"mean", mean}, {"max", max},
                                                     {"min", min},
                                                     {"logsumexp", logsumexp}};

std::string text(const char* op, const Shape& s, const Axes& axes, bool keepdims) {
  std::string t = op + to_string(s) + " over";
  for (int a : axes) t += " " + std::to_string(a);
  return t + (keepdims ? ", kept" : "");
}

std::size_t reduced(const Shape& s, const Axes& axes) {
  if (axes.empty()) return size_of(s);
  std::size_t n = 1;
  for (int a : axes) n *= s[a < 0 ? s.size() - static_cast<std::size_t>(-a) : a];
  return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reductions_)

BOOST_AUTO_TEST_CASE(gradients) {
  std::uint64_t seed = 0;
  for (const auto& [shape, all_axes] : cases)
    for (const Axes& axes : all_axes)
      for (bool keepdims : {false, true}) {
        const Tensor x = random(shape, ++seed);
        for (const auto& [name, op] : reductions)
          expect_gradients(text(name, shape, axes, keepdims).c_str(),
                           [&, f = op](const Var& v) { return f(v, axes, keepdims); }, {x});
        for (int correction : {0, 1}) {
          if (reduced(shape, axes) < 2) continue; // one entry has no variance
          expect_gradients(text("var", shape, axes, keepdims).c_str(),
                           [&](const Var& v) { return var(v, axes, keepdims, correction); }, {x});
        }
      }
}

BOOST_AUTO_TEST_CASE(values_and_shapes) {
  const Var x = constant(Tensor{{1, 5, 3}, {4, 2, 6}});
  BOOST_CHECK(same(sum(x).value(), Tensor(21)));
  BOOST_CHECK(same(sum(x, {0}).value(), Tensor{5, 7, 9}));
  BOOST_CHECK(same(sum(x, {-1}, true).value(), tensor({2, 1}, {9, 12})));
  BOOST_CHECK(same(mean(x, {1}).value(), Tensor{3, 4}));
  BOOST_CHECK(same(max(x, {0}).value(), Tensor{4, 5, 6}));
  BOOST_CHECK(same(max(x, {}, true).value(), tensor({1, 1}, {6})));
  BOOST_CHECK(same(var(x, {1}).value(), Tensor{4, 4}));
  BOOST_CHECK(same(var(x, {0}, false, 0).value(), tensor({3}, {2.25, 2.25, 2.25})));
  BOOST_CHECK(same(max(constant(Tensor{-3, -1, -2})).value(), Tensor(-1))); // none above 0
}

BOOST_AUTO_TEST_CASE(equal_entries_share_the_gradient_of_max) {
  const Var x = variable(Tensor{{1, 3, 3}, {2, 2, 2}, {5, 4, 1}});
  Tape tape;
  tape.backward(max(x, {1}), Tensor{6, 9, 1});
  BOOST_CHECK(same(x.grad(), Tensor{{0, 3, 3}, {3, 3, 3}, {1, 0, 0}}));

  const GradcheckReport report = gradcheck([](const Var& v) { return max(v, {1}); }, {x});
  BOOST_CHECK(report.passed);
  BOOST_CHECK(report.moved); // the check reports the kink
}

BOOST_AUTO_TEST_CASE(of_nothing) { // as in PyTorch
  const Var x = variable(zeros({2, 0}));
  for (const Var& y : {mean(x, {1}), var(x, {1}), mean(x), var(x), var(x, {}, true, 0)})
    for (real v : y.value().storage()) BOOST_CHECK(std::isnan(v));
  BOOST_CHECK_EQUAL(to_string(mean(x, {0}).shape()), "(0)"); // no sum was of nothing
  BOOST_CHECK(same(sum(x, {1}).value(), zeros({2})));
}

BOOST_AUTO_TEST_CASE(logsumexp_far_out) {
  const real infinity = std::numeric_limits<real>::infinity();
  const Var x = variable(Tensor{{1000, 1000}, {-1000, -1000}, {-infinity, -infinity}});
  Tape tape;
  const Var y = logsumexp(x, {1});
  BOOST_CHECK_CLOSE(y.value()(0), 1000 + std::log(2.0), 1e-10); // percent
  BOOST_CHECK_CLOSE(y.value()(1), -1000 + std::log(2.0), 1e-10);
  BOOST_CHECK_EQUAL(y.value()(2), -infinity);
  tape.backward(y, Tensor{2, 4, 6});
  BOOST_CHECK(distance(x.grad(), Tensor{{1, 1}, {2, 2}, {0, 0}}) < 1e-12);
}

BOOST_AUTO_TEST_CASE(cumulative_sums) {
  std::uint64_t seed = 0;
  for (int axis : {0, 1, 2, -1, -2})
    expect_gradients("cumsum", [=](const Var& v) { return cumsum(v, axis); },
                     {random({2, 3, 4}, ++seed)});
  expect_gradients("cumsum", [=](const Var& v) { return cumsum(v, 0); }, {random({3, 3}, 9)});
  BOOST_CHECK(same(cumsum(constant(Tensor{{1, 2}, {10, 20}}), 0).value(), Tensor{{1, 2}, {11, 22}}));
  BOOST_CHECK_EQUAL(to_string(cumsum(constant(zeros({2, 0})), 1).shape()), "(2, 0)");
}

BOOST_AUTO_TEST_CASE(a_variable_and_its_reductions) {
  expect_gradients("centred and scaled",
                   [](const Var& v) {
                     const Var centred = v - mean(v, {-1}, true);
                     return centred / sqrt(var(v, {-1}, true, 0) + 1e-5);
                   },
                   {random({3, 4})});
  expect_gradients("x * sum(x)", [](const Var& v) { return v * sum(v); }, {random({2, 3})});
}

BOOST_AUTO_TEST_CASE(empty_tensors) {
  const Var x = variable(zeros({2, 0, 3}));
  Tape tape;
  const Var y = sum(x, {1});
  BOOST_CHECK(same(y.value(), zeros({2, 3})));
  const Var z = sum(y);
  tape.backward(z);
  BOOST_CHECK_EQUAL(to_string(x.grad().shape()), "(2, 0, 3)");
}

BOOST_AUTO_TEST_CASE(long_sums_stay_exact) {
  // 2^20 times 0.1: a running sum in float would be off by about 1e-3 relative
  const double n = 1 << 20;
  const double error =
      std::abs(static_cast<double>(sum(constant(full({1024, 1024}, real(0.1)))).item()) /
                   (n * static_cast<double>(real(0.1))) -
               1);
  BOOST_CHECK_LE(error, 2e-3 * static_cast<double>(std::numeric_limits<real>::epsilon()) / 1.2e-7);
}

BOOST_AUTO_TEST_SUITE_END()
