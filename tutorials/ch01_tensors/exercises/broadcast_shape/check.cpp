#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/broadcast.hpp"

using namespace tapestry;

static void expect_shape(const Shape& a, const Shape& b, const Shape& wanted) {
  const Shape got = broadcast_shape("+", constant(zeros(a)), constant(zeros(b)));
  expect_equal(to_string(a) + " with " + to_string(b), got, wanted);
}

STEP("equal shapes") {
  expect_shape({2, 3}, {2, 3}, {2, 3});
  expect_shape({}, {}, {});
}

STEP("sizes of 1") {
  expect_shape({2, 1}, {1, 3}, {2, 3});
  expect_shape({4, 5, 6}, {4, 1, 6}, {4, 5, 6});
}

STEP("different numbers of axes") {
  expect_shape({2, 3}, {3}, {2, 3});
  expect_shape({}, {2}, {2});
  expect_shape({4, 1}, {2, 1, 5}, {2, 4, 5});
  expect_shape({}, {1, 1}, {1, 1});
  expect_shape({3, 1, 2}, {}, {3, 1, 2});
}

STEP("an empty axis") {
  expect_shape({1}, {0}, {0});
  expect_shape({2, 0}, {2, 1}, {2, 0});
}

STEP("what does not fit is an error") {
  for (const Shape& b : {Shape{2}, Shape{3, 3}, Shape{2, 0}}) {
    const auto broadcast = [&] {
      broadcast_shape("+", constant(zeros({2, 3})), constant(zeros(b)));
    };
    expect_error<ShapeError>("(2, 3) with " + to_string(b), broadcast, "+ at");
    expect_error<ShapeError>("(2, 3) with " + to_string(b), broadcast,
                             ": (2, 3) x " + to_string(b) + ": ");
  }
}

STEP("a use: a row and a column added to a matrix") {
  const Var matrix = constant({{1, 2, 3}, {4, 5, 6}});
  const Var row = constant({10, 20, 30}), column = constant(tensor({2, 1}, {100, 200}));
  expect_equal("matrix + row + column", (matrix + row + column).value(),
               {{111, 122, 133}, {214, 225, 236}});
}
