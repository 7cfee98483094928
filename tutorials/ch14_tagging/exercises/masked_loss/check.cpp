#include "expect.hpp"

#include <limits>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/over_time.hpp"

using namespace tapestry;

STEP("the mean of the words' losses") {
  const Var losses = constant(Tensor{{1, 2, 3}, {4, 50, 5}, {6, 60, 70}});
  expect_equal("the mean of 1, 4, 6, 2, 3 and 5", masked_mean(losses, {3, 1, 2}).item(), 3.5);
}

STEP("a batch without padding") {
  expect_equal("the mean of 1, 2, 3 and 6",
               masked_mean(constant(Tensor{{1, 2}, {3, 6}}), {2, 2}).item(), 3);
}

STEP("padding of any kind") {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  const Var losses = variable(Tensor{{1, 2}, {6, nan}, {infinity, nan}}, "losses");
  Tape tape;
  const Var mean = masked_mean(losses, {2, 1});
  tape.backward(mean);
  expect_equal("the mean of 1, 6 and 2", mean.item(), 3);
  expect_equal("its gradient", losses.grad(), {{1.0 / 3, 1.0 / 3}, {1.0 / 3, 0}, {0, 0}});
}

STEP("the gradient") {
  expect_gradients("masked_mean",
                   [](const Var& x) {
                     return masked_mean(x, {4, 2, 3});
                   },
                   {random({4, 3})});
}

STEP("what cannot be") {
  expect_error<ShapeError>(
      "a length of 3 in two steps",
      [] {
        masked_mean(constant(Tensor{{1, 2}, {3, 4}}), {2, 3});
      },
      "masked_mean");
  expect_error<ShapeError>(
      "losses with three axes",
      [] {
        masked_mean(constant(zeros({2, 2, 2})), {2, 2});
      },
      "masked_mean");
}

STEP("a use: the cross entropy of a padded batch") {
  const Tensor scores = random({3, 2, 4}, 5);
  const Indices truth{{1, 2}, {0, 3}, {2, 0}}; // the last of the second column is padding
  Indices column = Indices::from_shape({3, 2, 1}), ignored = truth;
  std::copy_n(truth.data(), 6, column.data());
  ignored(2, 1) = -100;
  const Var losses = -reshape(gather(log_softmax(constant(scores)), 2, column), {3, 2});
  expect_equal("as cross_entropy with ignore_index", masked_mean(losses, {3, 2}).item(),
               cross_entropy(constant(scores), ignored).item());
}
