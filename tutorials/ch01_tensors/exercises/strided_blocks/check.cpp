#include "expect.hpp"

#include "autograd/operators/shaping.hpp"

using namespace tapestry;

// 0, 1, 2, ...
static Var count(const Shape& shape) {
  Tensor x = zeros(shape);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(i);
  return constant(x);
}

STEP("rows of a matrix") {
  expect_equal("rows 1 and 2 of a 4x3 matrix", slice(count({4, 3}), 0, 1, 3).value(),
               {{3, 4, 5}, {6, 7, 8}});
}

STEP("columns of a matrix") {
  expect_equal("columns 1 and 2 of a 2x4 matrix", slice(count({2, 4}), 1, 1, 3).value(),
               {{1, 2}, {5, 6}});
}

STEP("the middle axis of three") {
  expect_equal("entry 1 on axis 1 of a (2, 3, 4) tensor", select(count({2, 3, 4}), 1, 1).value(),
               {{4, 5, 6, 7}, {16, 17, 18, 19}});
}

STEP("the first axis of three, and the last") {
  expect_equal("entry 1 on axis 0 of a (2, 2, 3) tensor", select(count({2, 2, 3}), 0, 1).value(),
               {{6, 7, 8}, {9, 10, 11}});
  expect_equal("entry 2 on axis 2 of a (2, 2, 3) tensor", select(count({2, 2, 3}), 2, 2).value(),
               {{2, 5}, {8, 11}});
}

STEP("two tensors of different sizes, joined") {
  expect_equal("(2, 1) and (2, 3) along axis 1",
               concatenate({count({2, 1}), count({2, 3})}, 1).value(),
               {{0, 0, 1, 2}, {1, 3, 4, 5}});
}

STEP("a use: the first column moves to the end") {
  const Var x = count({3, 3});
  expect_equal("columns 1, 2, 0", concatenate({slice(x, 1, 1, 3), slice(x, 1, 0, 1)}, 1).value(),
               {{1, 2, 0}, {4, 5, 3}, {7, 8, 6}});
}
