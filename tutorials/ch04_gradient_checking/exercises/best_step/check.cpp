#include <cmath>

#include "expect.hpp"

#include "autograd/check/finite_difference.hpp"

using namespace tapestry;

template <class F> static Probe probe(F f, double magnitude = 1) {
  return [f, magnitude](double t) { return Sample{f(t) - f(0.0), magnitude, false}; };
}

static void expect_slope(const std::string& what, const Difference& d, double wanted,
                         double tolerance) {
  expect_equal(what + ": the slope", d.value, wanted, tolerance);
  expect(
      what + ": the error", d.error >= std::abs(d.value - wanted) / 3,
      fmt::format("it is estimated as {:.3g}, and is {:.3g}", d.error, std::abs(d.value - wanted)),
      {d.value});
}

STEP("a smooth function") {
  const auto f = [](double t) { return std::exp(3 * t); };
  expect_slope("exp(3 t)", best_difference(probe(f), 1), 3, 1e-9);
}

STEP("a function with rounding errors as large as 1e-7") {
  const auto f = [](double t) { return std::round((std::sin(t) + 0.5 * t * t) * 1e7) / 1e7; };
  expect_slope("sin(t) + t^2 / 2, rounded to seven digits", best_difference(probe(f, 1e9), 1), 1,
               1e-4);
}

STEP("steps that cross a kink are no candidates") {
  const Probe f = [](double t) { return Sample{std::abs(t + 1e-4) + t * t - 1e-4, 1, t < -1e-4}; };
  const Difference d = best_difference(f, 1);
  expect_slope("|t + 0.0001| + t^2", d, 1, 1e-9);
  expect("|t + 0.0001| + t^2: the step", d.step < 1e-4 && !d.kink,
         fmt::format("it is {:.3g}, and crosses the kink", d.step), {d.step});
}

STEP("on a kink there is no step at all") {
  const Difference d = best_difference([](double t) { return Sample{std::abs(t), 1, true}; }, 1);
  expect("|t|: the kink", d.kink, fmt::format("it is not reported; the slope is {:.3g}", d.value),
         {d.value});
}

STEP("a use: a derivative that is far smaller than the function") {
  const auto f = [](double t) { return 1e-4 * std::tanh(t); };
  expect_slope("1 + tanh(t) / 10000", best_difference(probe(f), 1), 1e-4, 1e-6);
}
