#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/padding.hpp"

using namespace tapestry;

STEP("a block of numbers") {
  const Var a = constant({1, 2, 3}), b = constant({4}), c = constant({5, 6});
  expect_equal("1 2 3, 4 and 5 6", pad_sequence({a, b, c}).value(),
               {{1, 4, 5}, {2, 0, 6}, {3, 0, 0}});
}

STEP("another padding value, the batch first") {
  const Var a = constant({1, 2, 3}), b = constant({4}), c = constant({5, 6});
  expect_equal("padded with 9", pad_sequence({a, b, c}, {.padding_value = 9}).value(),
               {{1, 4, 5}, {2, 9, 6}, {3, 9, 9}});
  expect_equal("batch_first", pad_sequence({a, b, c}, {.batch_first = true}).value(),
               {{1, 2, 3}, {4, 0, 0}, {5, 6, 0}});
}

STEP("steps of two entries") {
  const Var a = constant({{1, 2}}), b = constant({{3, 4}, {5, 6}});
  expect_equal("(1, 2) and (2, 2)", pad_sequence({a, b}).value(),
               {{{1, 2}, {3, 4}}, {{0, 0}, {5, 6}}});
}

STEP("where the gradient goes") {
  const Var a = variable({1, 2, 3}, "a"), b = variable({4}, "b");
  Tape tape;
  tape.backward(pad_sequence({a, b}), {{10, 20}, {30, 40}, {50, 60}});
  expect_equal("of 1 2 3", a.grad(), {10, 30, 50});
  expect_equal("of 4; below it is padding", b.grad(), {20});
}

STEP("a constant gets no gradient") {
  const Var a = variable({1, 2, 3}, "a"), fixed = constant({4, 5});
  Tape tape;
  tape.backward(pad_sequence({a, fixed}), {{10, 20}, {30, 40}, {50, 60}});
  expect_equal("of 1 2 3, beside a constant", a.grad(), {10, 30, 50});
  expect("the constant", !fixed.has_grad(), "it has a gradient: ask needs_grad() first");
}

STEP("the gradient") {
  expect_gradients("lengths 2, 4 and 1",
                   [](const Var& a, const Var& b, const Var& c) {
                     return pad_sequence({a, b, c});
                   },
                   {random({2, 3}, 1), random({4, 3}, 2), random({1, 3}, 3)});
  expect_gradients("batch_first",
                   [](const Var& a, const Var& b) {
                     return pad_sequence({a, b}, {.batch_first = true});
                   },
                   {random({2, 3}, 4), random({4, 3}, 5)});
}

STEP("a use: there and back") {
  expect_gradients("unpad_sequence(tanh(pad_sequence(a, b)))",
                   [](const Var& a, const Var& b) {
                     const Var padded = tanh(pad_sequence({a, b}));
                     const std::vector<Var> again = unpad_sequence(padded, {3, 1});
                     return again[0] * again[1]; // (3, 2) x (1, 2)
                   },
                   {random({3, 2}, 6), random({1, 2}, 7)});
}
