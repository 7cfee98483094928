#include <sstream>
#include <string>

#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

STEP("an operation on a variable becomes a record") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var y = exp(x);
  expect_equal("the number of records", static_cast<double>(tape.size()), 1);
  expect("y = exp(x)", y.needs_grad(), "y.needs_grad() is false: what follows from y is lost");
}

STEP("one variable among the inputs is enough") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var y = constant({4, 5}) * x;
  expect_equal("the number of records", static_cast<double>(tape.size()), 1);
  expect("y = constant * x", y.needs_grad(), "y.needs_grad() is false");
  const Var z = x * constant({4, 5});
  expect("z = x * constant", z.needs_grad(), "z.needs_grad() is false");
}

STEP("an operation on constants does not") {
  Tape tape;
  const Var y = exp(constant({2, 3}));
  expect_equal("the number of records", static_cast<double>(tape.size()), 0);
  expect("y = exp(constant)", !y.needs_grad(), "y.needs_grad() is true");
}

// The column "inputs" of tape.print(), a line a record.
static std::string inputs_of(const Tape& tape) {
  std::stringstream table;
  tape.print(table);
  std::string line, inputs;
  std::getline(table, line);
  const std::size_t begin = line.find("inputs"), end = line.find("|grad|");
  while (std::getline(table, line)) {
    const std::string column = line.substr(begin, end - begin);
    inputs += (inputs.empty() ? "" : "; ") + column.substr(0, column.find("  "));
  }
  return inputs;
}

STEP("the records name their inputs") {
  const Var x = variable({2, 3}, "x");
  Tape tape;
  const Var p = x * x;
  const Var s = exp(x);
  const Var z = p + s;
  const std::string got = inputs_of(tape), wanted = "x, x; x; #0, #1";
  expect("the inputs of p = x * x, s = exp(x), z = p + s", got == wanted,
         "tape.print() says " + got + "; expected " + wanted);
}

STEP("a record knows its operator, its output and its place") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var p = x * x;
  const int line = __LINE__ + 1;
  const Var s = exp(p);
  const Tape::Line last = tape.line(1);
  expect("the operator of s = exp(p)", std::string(last.op) == "exp",
         "it is " + std::string(last.op) + "; expected exp");
  expect("its output", last.output.identity() == s.identity(), "it is not the variable s");
  const std::string place = to_string(last.caller), wanted = to_string(Caller{__FILE__, line});
  expect("its place", place == wanted, "it is " + place + "; expected " + wanted);
}

STEP("the gradient finds its way back") {
  const Var x = variable({2, 3});
  Tape tape;
  const Var p = x * x;
  const Var z = p + exp(x);
  tape.backward(z, {1, 10});
  expect_equal("the gradient of x * x + exp(x)", x.grad(),
               {4 + std::exp(2.0), 10 * (6 + std::exp(3.0))});
}

STEP("a use: a chain of a thousand operations") {
  const Var x = variable({1, 2});
  Tape tape;
  Var y = x;
  for (int i = 0; i < 1000; ++i) y = y + 0.5 * x;
  tape.backward(y, {1, 1});
  expect_equal("the gradient of x + 1000 times x / 2", x.grad(), {501, 501});
}
