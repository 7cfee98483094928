#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/broadcast.hpp"

using namespace tapestry;

static void expect_sum(const Tensor& g, const Tensor& wanted) {
  Tensor grad = zeros(wanted.shape());
  sum_into(grad, g);
  expect_equal("a gradient of shape " + to_string(g.shape()) + " summed into " +
                   to_string(wanted.shape()),
               grad, wanted);
}

STEP("a row") { expect_sum({{1, 2, 3}, {10, 20, 30}}, {11, 22, 33}); }

STEP("a column") { expect_sum({{1, 2, 3}, {10, 20, 30}}, tensor({2, 1}, {6, 60})); }

STEP("a single number") { expect_sum({{1, 2, 3}, {10, 20, 30}}, Tensor(66)); }

STEP("an axis in the middle, and one that is not there") {
  expect_sum(tensor({2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40}), tensor({1, 2}, {44, 66}));
  expect_sum(tensor({2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40}), tensor({2, 1, 2}, {4, 6, 40, 60}));
}

STEP("nothing repeated") {
  expect_sum({{1, 2}, {10, 20}}, {{1, 2}, {10, 20}});
  expect_sum(tensor({1, 2}, {1, 2}), {1, 2});
}

STEP("what was there stays") {
  Tensor grad{100, 200};
  sum_into(grad, {{1, 2}, {3, 4}});
  expect_equal("(100, 200) after two rows were added", grad, {104, 206});
  Tensor column = tensor({1, 2, 1}, {100, 200});
  sum_into(column, tensor({2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40}));
  expect_equal("a column of 100, 200 after two matrices were added", column,
               tensor({1, 2, 1}, {133, 277}));
}

STEP("the gradient of a bias") {
  expect_gradients("matrix + row", [](const Var& x, const Var& b) { return x + b; },
                   {random({4, 3}, 1), random({3}, 2)});
}

STEP("a use: every entry scaled, shifted, and divided by its row's size") {
  expect_gradients("(x * row + column) / number",
                   [](const Var& x, const Var& row, const Var& column, const Var& number) {
                     const Var scaled = x * row;
                     const Var shifted = scaled + column;
                     return shifted / number;
                   },
                   {random({2, 3}, 1), random({3}, 2), random({2, 1}, 3), Tensor(1.5)});
}
