#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("rows that are looked up once") {
  const Var table = variable(zeros({4, 2}), "table");
  Tape tape;
  tape.backward(embedding(table, {2, 0}), {{1, 10}, {100, 1000}});
  expect_equal("the table's gradient after looking up rows 2 and 0", table.grad(),
               {{100, 1000}, {0, 0}, {1, 10}, {0, 0}});
}

STEP("a row that is looked up twice gets both gradients") {
  const Var table = variable(zeros({3, 2}), "table");
  Tape tape;
  tape.backward(embedding(table, {1, 1, 2}), {{1, 10}, {100, 1000}, {5, 6}});
  expect_equal("the table's gradient after looking up rows 1, 1 and 2", table.grad(),
               {{0, 0}, {101, 1010}, {5, 6}});
}

STEP("the gradient") {
  expect_gradients("ids (2, 3) in a table (5, 4)",
                   [](const Var& table) {
                     return embedding(table, {{0, 3, 3}, {4, 0, 3}});
                   },
                   {random({5, 4}, 1)});
}

STEP("a use: a sentence's words, shifted and squashed") {
  expect_gradients("tanh(words + bias)",
                   [](const Var& table, const Var& bias) {
                     const Var words = embedding(table, {1, 2, 1});
                     return tanh(words + bias);
                   },
                   {random({3, 2}, 1), random({2}, 2)});
}
