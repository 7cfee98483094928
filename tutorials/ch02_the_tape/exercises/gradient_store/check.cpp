#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("zeros at first") {
  const Var x = variable({{1, 2, 3}, {4, 5, 6}});
  expect_equal("the gradient of a new variable", x.grad(), zeros({2, 3}));
  expect("has_grad()", !x.has_grad(), "it is true, though nobody has added anything");
}

STEP("what is added stays") {
  const Var x = variable({1, 2});
  for (real& g : x.grad()) g += 3;
  for (real& g : x.grad()) g += 4;
  expect_equal("the gradient after + 3 and + 4", x.grad(), {7, 7});
  expect("has_grad()", x.has_grad(), "it is false after something has been added");
}

STEP("after zero_grad() it begins at zero") {
  const Var x = variable({1, 2});
  for (real& g : x.grad()) g += 3;
  x.zero_grad();
  expect("has_grad()", !x.has_grad(), "it is true after zero_grad()");
  for (real& g : x.grad()) g += 4;
  expect_equal("the gradient after + 3, zero_grad() and + 4", x.grad(), {4, 4});
}

STEP("it has the value's shape, whatever was there before") {
  const Var x = variable({1, 2});
  x.grad() = tensor({3}, {1, 1, 1}); // a wrong pull-back
  x.zero_grad();
  expect_equal("the gradient after one of shape (3), and zero_grad()", x.grad(), {0, 0});
}

STEP("the diamond") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var z = x * x + exp(x);
  tape.backward(z, {1, 10});
  expect_equal("the gradient of x * x + exp(x)", x.grad(),
               {4 + std::exp(2.0), 10 * (6 + std::exp(3.0))});
}

STEP("a use: two tapes add to one parameter") {
  const Parameter w("w", {1, 2});
  for (int pass = 0; pass < 2; ++pass) {
    Tape tape;
    tape.backward(w * w, {1, 1});
  }
  expect_equal("the gradient after two passes over w * w", w.grad(), {4, 8});
}
