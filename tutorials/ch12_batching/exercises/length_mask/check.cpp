#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/padding.hpp"

using namespace tapestry;

STEP("words and padding") {
  const Tensor mask = length_mask({3, 1, 2}, 4);
  expect_equal("the shape for three sequences and four steps", mask.shape(), Shape{4, 3});
  expect_equal("the mask of lengths 3, 1, 2", mask, {{1, 1, 1}, {1, 0, 1}, {1, 0, 0}, {0, 0, 0}});
}

STEP("batch_first") {
  const Tensor mask = length_mask({3, 1, 2}, 4, true);
  expect_equal("the shape for three sequences and four steps", mask.shape(), Shape{3, 4});
  expect_equal("the mask of lengths 3, 1, 2", mask, {{1, 1, 1, 0}, {1, 0, 0, 0}, {1, 1, 0, 0}});
}

STEP("a sequence that fills the block") {
  expect_equal("the mask of lengths 2, 1 in two steps", length_mask({2, 1}, 2), {{1, 1}, {1, 0}});
}

STEP("lengths that cannot be") {
  expect_error<ShapeError>(
      "a length of 5 in four steps",
      [] {
        length_mask({3, 5}, 4);
      },
      "length_mask");
  expect_error<ShapeError>(
      "a length of 0",
      [] {
        length_mask({3, 0}, 4);
      },
      "length_mask");
}

STEP("a use: a mean over the words alone") {
  const Var losses = variable(Tensor{{1, 2}, {3, 100}}, "losses"); // (T, B), the 100 at padding
  const Var mask = constant(length_mask({2, 1}, 2));
  Tape tape;
  const Var mean = sum(losses * mask) / sum(mask);
  tape.backward(mean);
  expect_equal("the mean of 1, 2 and 3", mean.item(), 2);
  expect_equal("its gradient", losses.grad(), {{1.0 / 3, 1.0 / 3}, {1.0 / 3, 0}});
}
