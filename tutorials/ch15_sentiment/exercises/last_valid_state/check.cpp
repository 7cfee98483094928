#include "expect.hpp"

#include <limits>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/sequences/over_time.hpp"

using namespace tapestry;

STEP("the step that is each sequence's last") {
  const Tensor x = tensor({3, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const Tensor last = last_valid(constant(x), {1, 3}).value();
  expect_equal("the shape for x of (3, 2, 2)", last.shape(), Shape{2, 2});
  expect_equal("lengths 1 and 3", last, {{1, 2}, {11, 12}});
  expect_equal("lengths 2 and 1", last_valid(constant(x), {2, 1}).value(), {{5, 6}, {3, 4}});
}

STEP("any number of axes") {
  expect_equal("x of (3, 2)", last_valid(constant(Tensor{{1, 2}, {3, 4}, {5, 6}}), {1, 2}).value(),
               Tensor{1, 4});
  expect_equal("the shape for x of (4, 2, 3, 5)",
               last_valid(constant(zeros({4, 2, 3, 5})), {1, 4}).shape(), Shape{2, 3, 5});
}

STEP("what stands at padding has no influence") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Var x = variable(Tensor{{1, 2}, {nan, 3}}, "x");
  Tape tape;
  const Var last = last_valid(x, {1, 2});
  tape.backward(last, Tensor{5, 7});
  expect_equal("the last states", last.value(), Tensor{1, 3});
  expect_equal("the gradient of x", x.grad(), {{5, 0}, {0, 7}});
}

STEP("the gradient") {
  expect_gradients("last_valid",
                   [](const Var& x) {
                     return last_valid(x, {4, 1, 2});
                   },
                   {random({4, 3, 2})});
}

STEP("what cannot be") {
  expect_error<ShapeError>(
      "a length of 4 in three steps",
      [] {
        last_valid(constant(zeros({3, 2, 1})), {2, 4});
      },
      "last_valid");
  expect_error<ShapeError>(
      "x of one axis", [] { last_valid(constant(zeros({3})), {2}); }, "last_valid");
}

STEP("a use: what a padded LSTM knows at each sentence's end") {
  Rng rng(1);
  const nn::LSTM lstm({.input_size = 2, .hidden_size = 3}, rng);
  const Tensor x = random({5, 3, 2}, 4);
  const Lengths lengths{2, 5, 3};
  const Var padded = lstm(constant(x)).output;
  const Var h = lstm(pack_padded_sequence(constant(x), lengths, {.enforce_sorted = false})).state.h;
  expect_equal("the states that packing gives", last_valid(padded, lengths).value(),
               reshape(h, {3, 3}).value());
}
