#include "expect.hpp"

#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("values") {
  const Var y = sigmoid(constant({0, 1, -2}));
  expect_equal("sigmoid of 0, 1 and -2", y.value(), {0.5, 0.7310585786300049, 0.11920292202211755});
}

STEP("values far from 0") {
  const Var y = sigmoid(constant({{40, -40}, {800, -800}}));
  expect_equal("sigmoid of +-40 and +-800", y.value(), {{1, 4.248354255291589e-18}, {1, 0}});
  // alone: beside the 1, nobody would see that it is missing
  expect_equal("sigmoid of -40", y.value()(0, 1), 4.248354255291589e-18);
}

STEP("one record") {
  const Var x = variable({0.5, -1}, "x");
  Tape tape;
  (void)sigmoid(x);
  expect("sigmoid on the tape", tape.size() == 1,
         fmt::format("it writes {} records: compute with x.value(), and record the result once",
                     tape.size()),
         {static_cast<double>(tape.size())});
}

STEP("the gradient") {
  expect_gradients("sigmoid of a matrix", [](const Var& x) { return sigmoid(x); },
                   {Tensor{{0.3, -1.2, 2.5}, {0.1, 0.8, -0.4}}});
}

STEP("the gradient far from 0") {
  const Var x = variable({-40, -800, 800}, "x");
  Tape tape;
  tape.backward(sigmoid(x), {1, 1, 1});
  expect_equal("the slope at -40", x.grad()(0), 4.248354255291589e-18);
  expect_equal("the slope at -800 and 800", Tensor{x.grad()(1), x.grad()(2)}, {0, 0});
}

STEP("a use: two gates, one after the other") {
  const Tensor x{0.5, -0.25, 1.5};
  expect_gradients("sigmoid(sigmoid(x))", [](const Var& v) { return sigmoid(sigmoid(v)); }, {x});
}
