#include "expect.hpp"

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

static std::vector<double> steps_until_the_end(Tape& tape) {
  std::vector<double> numbers;
  for (int limit = 0; limit < 20; ++limit) {
    numbers.push_back(static_cast<double>(tape.step_back()));
    if (numbers.back() < 0) break;
  }
  return numbers;
}

static void expect_numbers(const std::string& what, const std::vector<double>& got,
                           const std::vector<double>& wanted) {
  const auto text = [](const std::vector<double>& numbers) {
    return fmt::format("{}", fmt::join(numbers, ", "));
  };
  expect(what, got == wanted, "they are " + text(got) + "; expected " + text(wanted), got);
}

STEP("from the end to the beginning, one record a call") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var p = x * x;
  const Var s = exp(p);
  const Var z = p + s;
  tape.begin_backward(z, {1, 1});
  expect_numbers("the records of p = x * x, s = exp(p), z = p + s", steps_until_the_end(tape),
                 {2, 1, 0, -1});
}

STEP("the gradients of a diamond") {
  const Var x = variable({0.5, -1});
  Tape tape;
  const Var p = x * x;
  const Var z = p + exp(p);
  tape.backward(z, {1, 10});
  expect_equal("the gradient of x^2 + exp(x^2)", x.grad(),
               {1 * (1 + std::exp(0.25)), -20 * (1 + std::exp(1.0))});
}

STEP("what the loss does not depend on is passed over") {
  const Var x = variable({2, 3}), other = variable({4, 5});
  Tape tape;
  const Var p = x * x;
  const Var unused = exp(other);
  const Var z = exp(p);
  tape.begin_backward(z, {1, 1});
  expect_numbers("the records of p = x * x, an exp that nothing uses, z = exp(p)",
                 steps_until_the_end(tape), {2, 0, -1});
  expect("the variable that nothing uses", !other.has_grad(), "its pull-back has run");
}

STEP("backward may begin in the middle of the tape") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var p = x * x;
  const Var later = exp(x);
  tape.backward(p, {1, 1});
  expect_equal("the gradient of x * x", x.grad(), {4, 6});
}

STEP("a wrong pull-back is named") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var y = record("mine", constant({1, 1}), {x}, [x] { x.grad() = tensor({3}, {1, 1, 1}); });
  expect_error<ShapeError>(
      "a gradient of shape (3) for an input of shape (2)",
      [&] {
        tape.backward(y, {1, 1});
      },
      "pull-back of mine");
}

// The next tape of this thread has room for as many records, so that one more moves no other.
static void make_room_for_records() {
  const Var x = variable({1, 2});
  Tape tape;
  Var y = x;
  for (int i = 0; i < 40; ++i) y = exp(y);
}

STEP("what a pull-back computes is not recorded") {
  make_room_for_records();
  const Var x = variable({2, 3});
  Tape tape;
  const Var y = record("mine", Var{exp(x.value())}, {x}, [x] {
    const Var slope = exp(x); // an operator, while the walk is under way
    for (std::size_t i = 0; i < 2; ++i) x.grad()(i) += slope.value()(i);
  });
  tape.backward(y, {1, 1});
  expect_equal("the number of records after the walk", static_cast<double>(tape.size()), 1);
  const Var z = exp(x);
  expect_equal("the number of records after one more operation", static_cast<double>(tape.size()),
               2);
}

STEP("a parameter that was changed since then is noticed") {
  Parameter w("w", {2, 3});
  Tape tape;
  const Var y = w * w;
  w.set({5, 6});
  expect_error<TapeError>(
      "w * w after another value was set",
      [&] {
        tape.backward(y, {1, 1});
      },
      "was changed after it was used");
}

STEP("a use: a chain of a thousand operations") {
  const Var x = variable({1, 2});
  Tape tape;
  Var y = x;
  for (int i = 0; i < 1000; ++i) y = y + 0.5 * x;
  tape.backward(y, {1, 1});
  expect_equal("the gradient of x + 1000 times x / 2", x.grad(), {501, 501});
}
