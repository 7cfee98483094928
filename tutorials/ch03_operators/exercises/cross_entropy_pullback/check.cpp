#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("by hand: two classes, equally likely") {
  const Var logits = variable(tensor({1, 2}, {3, 3}), "logits");
  Tape tape;
  tape.backward(cross_entropy(logits, {1}));
  expect_equal("softmax - target", logits.grad(), tensor({1, 2}, {0.5, -0.5}));
}

STEP("the gradient of several rows") {
  expect_gradients("4 rows of 3 classes",
                   [](const Var& x) {
                     return cross_entropy(x, {2, 0, 1, 0});
                   },
                   {random({4, 3}, 1)});
}

STEP("ignored targets count for nothing") {
  expect_gradients("5 rows, of which 2 are ignored",
                   [](const Var& x) {
                     return cross_entropy(x, {-100, 2, 0, -100, 1});
                   },
                   {random({5, 3}, 1)});
}

STEP("smoothed targets") {
  expect_gradients("3 rows of 4 classes, smoothed by 0.2",
                   [](const Var& x) {
                     return cross_entropy(x, {3, 0, 1}, {.label_smoothing = 0.2});
                   },
                   {random({3, 4}, 1)});
}

STEP("smoothed targets, and an ignored row") {
  expect_gradients("4 rows of 3 classes, one ignored, smoothed by 0.3",
                   [](const Var& x) {
                     return cross_entropy(x, {1, -100, 0, 2}, {.label_smoothing = 0.3});
                   },
                   {random({4, 3}, 2)});
}

STEP("a use: a classifier's weights") {
  expect_gradients("cross_entropy(tanh(x) W + b)",
                   [](const Var& x, const Var& w, const Var& b) {
                     const Var scores = matmul(tanh(x), w) + b;
                     return cross_entropy(scores, {1, 0, 2});
                   },
                   {random({3, 2}, 1), random({2, 4}, 2), random({4}, 3)});
}
