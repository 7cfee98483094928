#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("by hand: two square matrices") {
  const Var a = variable({{1, 2}, {3, 4}}, "a"), b = variable({{5, 6}, {7, 8}}, "b");
  Tape tape;
  tape.backward(matmul(a, b), {{1, 10}, {100, 1000}});
  expect_equal("dA = dY B^T", a.grad(), {{65, 87}, {6500, 8700}});
  expect_equal("dB = A^T dY", b.grad(), {{301, 3010}, {402, 4020}});
}

STEP("the gradient of the left matrix") {
  expect_gradients("A of (2, 3) x (3, 4)",
                   [](const Var& a) {
                     return matmul(a, constant(random({3, 4}, 2)));
                   },
                   {random({2, 3}, 1)});
}

STEP("the gradient of the right matrix") {
  expect_gradients("B of (2, 3) x (3, 4)",
                   [](const Var& b) {
                     return matmul(constant(random({2, 3}, 1)), b);
                   },
                   {random({3, 4}, 2)});
}

STEP("a constant gets no gradient") {
  const Var x = variable({{1, 2}, {3, 4}}, "x");
  const Var left = constant({{5, 6}, {7, 8}}), right = constant({{1, 0}, {2, 1}});
  {
    Tape tape;
    tape.backward(matmul(left, x), {{1, 1}, {1, 1}});
  }
  {
    Tape tape;
    tape.backward(matmul(x, right), {{1, 1}, {1, 1}});
  }
  expect("A, a constant", !left.has_grad(), "it has a gradient: ask a.needs_grad() first");
  expect("B, a constant", !right.has_grad(), "it has a gradient: ask b.needs_grad() first");
}

STEP("a stack of matrices times one") {
  expect_gradients("(5, 2, 3) x (3, 4)", [](const Var& a, const Var& b) { return matmul(a, b); },
                   {random({5, 2, 3}, 1), random({3, 4}, 2)});
}

STEP("a use: a square") {
  expect_gradients("X X, where X is both sides", [](const Var& x) { return matmul(x, x); },
                   {random({3, 3}, 1)});
}

STEP("a use: two layers") {
  expect_gradients("sigmoid(x U + b) V",
                   [](const Var& x, const Var& u, const Var& b, const Var& v) {
                     const Var hidden = sigmoid(matmul(x, u) + b);
                     return matmul(hidden, v);
                   },
                   {random({4, 2}, 1), random({2, 5}, 2), random({5}, 3), random({5, 3}, 4)});
}
