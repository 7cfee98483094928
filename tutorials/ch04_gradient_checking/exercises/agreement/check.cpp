#include <cmath>

#include "expect.hpp"

#include "autograd/check/finite_difference.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

static void expect_verdict(double analytic, double numeric, double error, bool wanted,
                           bool kink = false, double tolerance = 1e-6) {
  const bool got = agrees(analytic, {numeric, error, 1e-5, kink}, tolerance);
  expect(fmt::format("{:.10g} and {:.10g} +- {:.2g}{}, with a tolerance of {:.2g}", analytic,
                     numeric, error, kink ? ", on a kink" : "", tolerance),
         got == wanted, got ? "they agree; they should not" : "they do not agree; they should");
}

// The same with the numbers exchanged and with both signs turned: the verdict is the same.
static void expect_everywhere(double a, double b, double error, bool wanted, double tolerance) {
  expect_verdict(a, b, error, wanted, false, tolerance);
  expect_verdict(b, a, error, wanted, false, tolerance);
  expect_verdict(-a, -b, error, wanted, false, tolerance);
  expect_verdict(-b, -a, error, wanted, false, tolerance);
}

STEP("numbers of size 1") {
  expect_verdict(1, 1, 0, true);
  expect_verdict(1, 1 + 1e-9, 0, true);
  expect_verdict(1, 1.001, 0, false);
  expect_verdict(1.001, 1, 0, false);
}

STEP("signs") {
  expect_verdict(-2, -2, 0, true);
  expect_verdict(-2, 2, 0, false);
  expect_verdict(2, -2, 0, false);
}

STEP("large and small numbers") {
  expect_verdict(1e9, 1e9 + 1, 0, true);
  expect_verdict(1e-9, 2e-9, 0, false);
}

STEP("on either side of the tolerance") {
  expect_everywhere(1, 1 + 0.9e-6, 0, true, 1e-6);
  expect_everywhere(1, 1 + 1.1e-6, 0, false, 1e-6);
}

STEP("relative to the larger of the two") { // 0.5 times 2 is 1, and times 1 it is 0.5
  expect_everywhere(1, 1.9, 0, true, 0.5);
  expect_everywhere(1, 2.1, 0, false, 0.5);
  expect_everywhere(1, 2.1, 0.1, true, 0.5);
  expect_everywhere(1, 2.1, 0.04, false, 0.5);
}

STEP("zeros") {
  expect_verdict(0, 0, 0, true);
  expect_verdict(0, 1e-3, 0, false);
  expect_verdict(1e-3, 0, 0, false);
}

STEP("what is lost in rounding") {
  expect_verdict(0, 1e-11, 1e-10, true);
  expect_verdict(1e-3, 1.5e-3, 1e-3, true);
}

STEP("a kink") { expect_verdict(1, 1, 0, false, true); }

STEP("a use: the slope of tanh, from the tape and measured") {
  const Var x = variable(Tensor(0.5), "x");
  Tape tape;
  tape.backward(tanh(x));
  const double slope = x.grad()();
  const Probe f = [](double t) {
    return Sample{std::tanh(0.5 + t) - std::tanh(0.5), std::tanh(0.5), false};
  };
  const Difference measured = central_difference(f, usual_step(), 1);
  expect("a right slope", agrees(slope, measured, 1e-6), "it is rejected");
  expect("one that is wrong by a factor of 1.0001", !agrees(1.0001 * slope, measured, 1e-6),
         "it passes");
}
