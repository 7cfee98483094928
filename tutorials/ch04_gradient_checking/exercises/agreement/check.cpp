#include "expect.hpp"

#include "autograd/check/finite_difference.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

static void expect_verdict(double analytic, double numeric, double error, bool wanted,
                           bool kink = false) {
  const bool got = agrees(analytic, {numeric, error, 1e-5, kink}, 1e-6);
  expect(fmt::format("{:.10g} and {:.10g} +- {:.2g}{}", analytic, numeric, error,
                     kink ? ", on a kink" : ""),
         got == wanted, got ? "they agree; they should not" : "they do not agree; they should");
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

STEP("a use: the gradient check") {
  const auto almost = [](const Var& x) {
    Var y = constant(tanh(constant(x.value())).value());
    return record("almost tanh", y, {x}, [x, y] {
      for (std::size_t i = 0; i < x.value().size(); ++i) {
        const real v = y.value().data()[i];
        x.grad().data()[i] += real(1.0001) * y.grad().data()[i] * (1 - v * v);
      }
    });
  };
  const Tensor x{0.5, -0.25, 1.5};
  expect("a right pull-back", gradcheck([](const Var& v) { return tanh(v); }, {x}).passed,
         "it is rejected");
  expect("one that is wrong by a factor of 1.0001", !gradcheck(almost, {x}).passed, "it passes");
}
