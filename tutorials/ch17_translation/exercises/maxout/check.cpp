#include "expect.hpp"

#include <limits>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"
#include "nn/maxout.hpp"

using namespace tapestry;

namespace {

Tensor of(const Tensor& x) { return maxout(constant(x)).value(); }

// What arrives at x, if dy arrives at the maxima.
Tensor pulled_back(const Tensor& x, const Tensor& dy) {
  const Var v = variable(x, "x");
  Tape tape;
  tape.backward(maxout(v), dy);
  return v.grad();
}

std::uint64_t branches(const Tensor& x) {
  const BranchWatch watch;
  of(x);
  return watch.hash();
}

} // namespace

STEP("the larger of each pair") {
  expect_equal("1 5, 2 0, -3 -4", of({1, 5, 2, 0, -3, -4}), {5, 2, -3});
  expect_equal("a pair of equal ones", of({7, 7}), {7});
}

STEP("rows") {
  expect_equal("1 2, 3 0 above -1 -2, 7 9", of({{1, 2, 3, 0}, {-1, -2, 7, 9}}), {{2, 3}, {-1, 9}});
  expect_equal("the shape for (2, 3, 8)", of(zeros({2, 3, 8})).shape(), Shape{2, 3, 4});
  expect_equal("the shape for (0, 8)", of(zeros({0, 8})).shape(), Shape{0, 4});
}

STEP("NaN stays") {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  for (const Tensor& pair : {Tensor{nan, 1}, Tensor{1, nan}}) {
    const real y = of(pair)(0);
    expect("1 and NaN, in either order", y != y, "the result is a number, expected NaN", {y});
  }
}

STEP("what has no pairs") {
  expect_error<ShapeError>(
      "(2, 3)",
      [] {
        of(zeros({2, 3}));
      },
      "maxout");
  expect_error<ShapeError>(
      "(3, 2) has pairs, (2, 0) has none",
      [] {
        of(zeros({2, 0}));
      },
      "maxout");
  expect_error<ShapeError>(
      "a scalar", [] { maxout(2.0); }, "maxout");
}

STEP("the gradient goes to the larger") {
  expect_equal("1 5, 2 0, -3 -4", pulled_back({1, 5, 2, 0, -3, -4}, {10, 20, 30}),
               {0, 10, 20, 0, 30, 0});
}

STEP("equal entries share it") {
  expect_equal("2 2, 1 3", pulled_back({2, 2, 1, 3}, {8, 4}), {4, 4, 0, 4});
}

STEP("it adds to what other uses have left") {
  const Var x = variable({1, 3, 2, 0}, "x");
  Tape tape;
  tape.backward(maxout(x) + 10 * maxout(x), {1, 2});
  expect_equal("1 3, 2 0, used twice", x.grad(), {0, 11, 22, 0});
}

STEP("the kinks are reported") {
  const std::uint64_t before = branches({1, 2, 4, 3});
  expect("1 2, 4 3 against 1 5, 4 0", before == branches({1, 5, 4, 0}),
         "the same entries are larger, but note_branches was told another choice");
  expect("1 2, 4 3 against 2 1, 4 3", before != branches({2, 1, 4, 3}),
         "the first pair goes the other way, but note_branches was told the same choices");
  expect("1 2, 4 3 against 1 2, 3 4", before != branches({1, 2, 3, 4}),
         "the second pair goes the other way, but note_branches was told the same choices");
}

STEP("the gradient") {
  const auto f = [](const Var& x) { return maxout(x); };
  expect_gradients("(6)", f, {{random({6}, 1), "x"}});
  expect_gradients("(2, 3, 8)", f, {{random({2, 3, 8}, 2), "x"}});
}

STEP("a use: a linear layer learns its own nonlinearity") {
  // The candidates x and -x: together |x|. And 0 and x: together relu.
  const Var w = constant({{1, -1, 0, 1}});
  expect_equal("|x| and relu(x) for x = -2, 3",
               maxout(matmul(constant(tensor({2, 1}, {-2, 3})), w)).value(), {{2, 0}, {3, 3}});
  expect_gradients("tanh(maxout(x w))",
                   [](const Var& x, const Var& v) { return tanh(maxout(matmul(x, v))); },
                   {{random({3, 2}, 3), "x"}, {random({2, 8}, 4), "w"}});
}
