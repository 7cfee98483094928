#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

// The gradient of x when `arriving` comes back to clip_gradient(x, bound).
static Tensor pulled_back(const Tensor& arriving, double bound) {
  const Var x = variable(zeros(arriving.shape()), "x");
  Tape tape;
  const Var y = clip_gradient(x, bound);
  tape.backward(y, arriving);
  return x.grad();
}

STEP("values stay what they are") {
  const Var y = clip_gradient(constant({-7, 0.25, 7}), 1);
  expect_equal("clip_gradient of -7, 0.25 and 7", y.value(), {-7, 0.25, 7});
}

STEP("small gradients pass") {
  expect_equal("-0.5, 0 and 0.75 below a bound of 1", pulled_back({-0.5, 0, 0.75}, 1),
               {-0.5, 0, 0.75});
}

STEP("large gradients are cut, either way") {
  expect_equal("5, -5, 0.125 and -0.5 below a bound of 0.25",
               pulled_back({5, -5, 0.125, -0.5}, 0.25), {0.25, -0.25, 0.125, -0.25});
}

STEP("what other uses have left stays") {
  const Var x = variable(Tensor{1, 2}, "x");
  Tape tape;
  const Var clipped = clip_gradient(x, 1);
  const Var ten = x * 10.0;
  const Var y = clipped + ten; // ten is pulled back first
  tape.backward(y, {0.5, -3});
  expect_equal("10 g from one use, and g cut to 1 from the other", x.grad(), {5.5, -31});
}

STEP("a use: inside a recurrence") {
  const Var h = variable(Tensor{0.0}, "h");
  Tape tape;
  Var next = h;
  for (int step = 0; step < 20; ++step) next = clip_gradient(tanh(next * 3.0), 2);
  tape.backward(next, Tensor{100});
  expect_equal("20 steps that each treble the gradient, cut to 2", h.grad(), Tensor{6});
}
