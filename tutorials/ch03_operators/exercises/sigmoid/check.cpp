#include "expect.hpp"

#include "autograd/operators/functions.hpp"

using namespace tapestry;

STEP("values") {
  const Var y = sigmoid(constant({0, 1, -2}));
  expect_equal("sigmoid of 0, 1 and -2", y.value(), {0.5, 0.7310585786300049, 0.11920292202211755});
}

STEP("values far from 0") {
  const Var y = sigmoid(constant({{40, -40}, {800, -800}}));
  expect_equal("sigmoid of +-40 and +-800", y.value(), {{1, 4.248354255291589e-18}, {1, 0}});
}

STEP("the gradient") {
  expect_gradients("sigmoid of a matrix", [](const Var& x) { return sigmoid(x); },
                   {Tensor{{0.3, -1.2, 2.5}, {0.1, 0.8, -0.4}}});
}

STEP("a use: two gates, one after the other") {
  const Tensor x{0.5, -0.25, 1.5};
  expect_gradients("sigmoid(sigmoid(x))", [](const Var& v) { return sigmoid(sigmoid(v)); }, {x});
}
