#include <limits>

#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

static const double infinity = std::numeric_limits<double>::infinity();

static double of(const Tensor& x) { return logsumexp(constant(x)).item(); }

STEP("values") {
  const double three = std::log(3.0);
  expect_equal("log(e^0 + e^log(3))", of({0, three}), std::log(4.0));
  const Var x = constant({{0, three}, {1, 1}});
  expect_equal("of each row", logsumexp(x, {1}).value(), {std::log(4.0), 1 + std::log(2.0)});
  expect_equal("of each column, kept as a row", logsumexp(x, {0}, true).value(),
               tensor({1, 2}, {std::log(1 + std::exp(1.0)), std::log(3 + std::exp(1.0))}));
}

STEP("values far from 0") {
  expect_equal("of 1000 and 1000", of({1000, 1000}), 1000 + std::log(2.0));
  expect_equal("of -1000 and -1000", of({-1000, -1000}), -1000 + std::log(2.0));
  expect_equal("of 1 and -1000", of({1, -1000}), 1);
}

STEP("each group by itself") {
  const Var x = constant({{1000, -1000}, {1000, -1000}});
  expect_equal("of two columns, 1000 and -1000", logsumexp(x, {0}).value(),
               {1000 + std::log(2.0), -1000 + std::log(2.0)});
}

STEP("infinite entries") {
  const auto expect_result = [](const std::string& what, double got, double wanted) {
    expect(what, got == wanted, fmt::format("it is {}, expected {}", got, wanted), {got});
  };
  expect_result("of -inf and 1", of({-infinity, 1}), 1);
  expect_result("of -inf and -inf", of({-infinity, -infinity}), -infinity);
  expect_result("of inf and 1", of({infinity, 1}), infinity);
}

STEP("the gradient") {
  expect_gradients("over the last axis", [](const Var& x) { return logsumexp(x, {1}); },
                   {random({3, 4}, 1)});
  expect_gradients("over the first of three axes", [](const Var& x) { return logsumexp(x, {0}); },
                   {random({2, 3, 2}, 2)});
  expect_gradients("over all, kept", [](const Var& x) { return logsumexp(x, {}, true); },
                   {random({2, 3}, 3)});
}

// The slopes of each row's logsumexp.
static Tensor slopes(const Tensor& rows) {
  const Var x = variable(rows, "x");
  Tape tape;
  const Var y = logsumexp(x, {1});
  tape.backward(y, ones(y.shape()));
  return x.grad();
}

STEP("the gradient far from 0") {
  const double e = std::exp(1.0), total = 2 + e;
  for (double far : {-1000.0, 1000.0, 1e12, 2e12})
    expect_equal(fmt::format("the slopes of {0:g}, {0:g} and {0:g} + 1", far),
                 slopes({{far, far, far + 1}}), {{1 / total, 1 / total, e / total}});
}

STEP("the gradient beside -inf") {
  expect_equal("the slopes of (-inf, 2, 2) and (-inf, -inf, -inf)",
               slopes({{-infinity, 2, 2}, {-infinity, -infinity, -infinity}}),
               {{0, 0.5, 0.5}, {0, 0, 0}});
}

STEP("a use: the loss of three rows of scores") {
  const Tensor scores = random({3, 4}, 4);
  const Tensor targets{{0, 1, 0, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}};
  const auto loss_and_gradient = [&](const auto& loss) {
    const Var x = variable(scores, "x");
    Tape tape;
    const Var l = loss(x);
    tape.backward(l);
    return std::pair(l.item(), Tensor(x.grad()));
  };
  const auto mine = loss_and_gradient([&](const Var& x) {
    const Var right = x * constant(targets);
    return (sum(logsumexp(x, {1})) - sum(right)) / 3.0;
  });
  const auto wanted = loss_and_gradient([](const Var& x) { return cross_entropy(x, {1, 3, 0}); });
  expect_equal("log-sum-exp minus the right score, against cross_entropy", mine.first,
               wanted.first);
  expect_equal("its gradient", mine.second, wanted.second);
}
