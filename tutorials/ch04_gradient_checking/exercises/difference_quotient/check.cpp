#include <cmath>

#include "expect.hpp"

#include "autograd/check/finite_difference.hpp"

using namespace tapestry;

// A smooth function as the gradient check sees it.
template <class F> static Probe probe(F f) {
  return [f](double t) { return Sample{f(t) - f(0.0), 1, false}; };
}

static double slope(const Probe& f, double h) { return central_difference(f, h, 1).value; }

STEP("the slope of a line") {
  expect_equal("5 - 3 t, with h = 0.5", slope(probe([](double t) { return 5 - 3 * t; }), 0.5), -3);
}

STEP("a parabola has no truncation error") {
  const Probe f = probe([](double t) { return 7 * t * t + 3 * t; });
  expect_equal("3 t + 7 t^2, with h = 0.5", slope(f, 0.5), 3);
  expect_equal("3 t + 7 t^2, with h = 0.25", slope(f, 0.25), 3);
}

STEP("half the step, a quarter of the error") {
  const Probe f = probe([](double t) { return std::exp(t); });
  const double error = slope(f, 0.1) - 1, half = slope(f, 0.05) - 1;
  expect_equal("the ratio of the errors for exp(t)", error / half, 4, 1e-2);
}

STEP("a use: steps that miss a narrow peak") {
  // Steps of 0.02 and 0.005 land outside of the peak and agree on a flat line. The bend, which does
  // not shrink with the step, says that they contradict nobody who knows the slope.
  const auto peak = [](double t) { return std::exp(-std::pow((t - 0.0005) / 0.001, 2)); };
  const double slope = 1000 * std::exp(-0.25), huge = 1e10; // no steps but these two
  expect_equal("the slope on the side of a peak",
               confirmed({slope, 0, 0.02, false}, probe(peak), huge).value, slope, 1e-6);
  // A line has no bend: the shorter step is believed, and not who says that its slope is 4.
  expect_equal("the slope of 3 t, against 4",
               confirmed({4, 0, 0.02, false}, probe([](double t) { return 3 * t; }), huge).value,
               3);
}
