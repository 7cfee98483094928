#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

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

STEP("beside a narrow peak") {
  // Long steps land outside of the peak and agree on a flat line; the bend gives them away.
  const auto peak = [](double t) { return std::exp(-std::pow((t - 0.0005) / 0.001, 2)); };
  expect_slope("the side of a peak, 0.001 wide", best_difference(probe(peak), 1),
               1000 * std::exp(-0.25), 1e-6);
}

STEP("the steps that are tried") {
  const double eps = std::numeric_limits<real>::epsilon();
  // The third has a step of exactly 1e3 eps, the fourth one a little above it.
  for (double size : {0.01, 100.0, std::ldexp(1e4 * eps, 40), std::ldexp(1.2e4 * eps, 40)}) {
    std::vector<double> tried, wanted;
    (void)best_difference(
        [&](double t) {
          if (t > 0) tried.push_back(t);
          return Sample{std::sin(t), 1, false};
        },
        size);
    std::sort(tried.begin(), tried.end(), std::greater<>());
    tried.erase(std::unique(tried.begin(), tried.end()), tried.end());
    for (double h = 0.1 * std::max(size, 1.0); h > 1e3 * eps; h /= 4) wanted.push_back(h);
    const std::string of = fmt::format("for numbers of size {}: ", size);
    if (tried.empty()) fail(of + "the steps", "no step is tried");
    expect_equal(of + "the longest step", tried.front(), wanted.front());
    if (tried.size() > 1)
      expect_equal(of + "the second step over the first", tried[1] / tried[0], 0.25);
    expect_equal(of + "the shortest step", tried.back(), wanted.back());
    expect_equal(of + "how many steps there are", static_cast<double>(tried.size()),
                 static_cast<double>(wanted.size()));
  }
}

STEP("what a short step does not move is lost in rounding") {
  const Probe f = [](double t) { // what stays the same is left out, as the check does
    const double change = (1 + 1e-6 * std::sin(t)) - 1;
    return Sample{change, change == 0 ? 0.0 : 1.0, false};
  };
  expect_slope("1 + sin(t) / 1000000", best_difference(f, 1), 1e-6, 1e-4);
}

STEP("the numbers that the step is added to are rounded, too") {
  const Difference d = best_difference([](double t) { return Sample{std::sin(t), 1, false}; }, 1e6);
  const double least = std::numeric_limits<real>::epsilon() * 1e6 / d.step;
  expect("sin(1000000 + t): the error", d.error >= least,
         fmt::format("it is estimated as {:.3g}; rounding alone makes {:.3g}", d.error, least));
}

STEP("steps that cross a kink are no candidates") {
  const Probe f = [](double t) { return Sample{std::abs(t + 1e-4) + t * t - 1e-4, 1, t < -1e-4}; };
  const Difference d = best_difference(f, 1);
  expect_slope("|t + 0.0001| + t^2", d, 1, 1e-9);
  expect("|t + 0.0001| + t^2: the step", d.step < 1e-4 && !d.kink,
         fmt::format("it is {:.3g}, and crosses the kink", d.step), {d.step});
}

STEP("nor are those that follow one that does") {
  // A line that reports a kink at one step alone; without it, 0.1 / 64 would be the best.
  const auto step_with = [](double crossed) {
    const Probe f = [crossed](double t) {
      return Sample{t, 1, std::abs(std::abs(t) - crossed) < crossed / 10};
    };
    return best_difference(f, 1).step;
  };
  expect_equal("a line with a kink at the step 0.1 / 16", step_with(0.1 / 16), 0.1 / 4);
  expect_equal("a line with a kink at the step 0.1 / 64", step_with(0.1 / 64), 0.1 / 16);
}

STEP("on a kink there is no step at all") {
  const Difference d = best_difference([](double t) { return Sample{std::abs(t), 1, true}; }, 1);
  expect("|t|: the kink", d.kink, fmt::format("it is not reported; the slope is {:.3g}", d.value),
         {d.value});
  expect("|t|: the error", std::isinf(d.error), fmt::format("it is {:.3g}, not infinite", d.error));
  expect("|t|: the value and the step", d.value == 0 && d.step == 0,
         fmt::format("they are {:.3g} and {:.3g}, not 0", d.value, d.step));
}

// The same function with a kink at every step but these.
static Probe smooth_at(const Probe& f, std::vector<double> steps) {
  return [f, steps](double t) {
    Sample s = f(t);
    s.crossed = std::none_of(steps.begin(), steps.end(),
                             [t](double h) { return std::abs(std::abs(t) - h) < h / 10; });
    return s;
  };
}

STEP("the first step has none to be compared with") {
  const Probe line = [](double t) { return Sample{t, 1, false}; };
  expect("a line with a kink at all steps but the first",
         best_difference(smooth_at(line, {0.1}), 1).kink, "it is not reported");
}

STEP("the estimate is the sum of all three") {
  const double longer = 0.1 / 4, h = 0.1 / 16;
  const auto expect_estimate = [&](const std::string& what, const Probe& f, double size) {
    const Difference d = best_difference(smooth_at(f, {longer, h}), size);
    const double value = central_difference(f, h, size).value;
    const double gap = std::abs(value - central_difference(f, longer, size).value);
    const double bend = f(h).change + f(-h).change, last = f(longer).change + f(-longer).change;
    expect_equal(what + ": the slope", d.value, value);
    expect_equal(what + ": the step", d.step, h);
    expect_equal(what + ": the error", d.error,
                 central_difference(f, h, size).error + gap + std::abs(bend - last / 16) / h);
  };
  expect_estimate(
      "exp(3 t), of numbers of size 1e9",
      [](double t) {
        return Sample{std::exp(3 * t) - 1, 1e9, false};
      },
      1);
  expect_estimate(
      "t / 1000, of numbers of size 0",
      [](double t) {
        return Sample{t / 1000, 0, false};
      },
      1e-3);
}

STEP("a use: a derivative that is far smaller than the function") {
  const auto f = [](double t) { return 1e-4 * std::tanh(t); };
  expect_slope("1 + tanh(t) / 10000", best_difference(probe(f), 1), 1e-4, 1e-6);
}
