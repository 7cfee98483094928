#include "autograd/check/finite_difference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr double machine_eps = std::numeric_limits<real>::epsilon();

// A central difference, and f(h) - 2 f(0) + f(-h), which shrinks with h^2 where f is smooth.
struct Step : Difference {
  double magnitude, bend;

  Step(const Probe& f, double h, double size, double at_least) {
    const Sample up = f(h), down = f(-h);
    //> difference-quotient
    value = (up.change - down.change) / (2 * h);
    bend = up.change + down.change;
    //< difference-quotient
    magnitude = std::max({up.magnitude, down.magnitude, at_least});
    const double largest = magnitude + std::abs(up.change) + std::abs(down.change);
    // Inside f, numbers may be larger than what comes out: a long step does not help against that.
    const double rounded_over = std::min(h, 100 * usual_step() * std::max(size, 1.0));
    error = 4 * machine_eps * (largest + size * std::abs(value)) / rounded_over;
    step = h;
    kink = up.crossed || down.crossed;
  }
};

} // namespace

double usual_step() { return std::cbrt(machine_eps); }

//> central-difference
Difference central_difference(const Probe& f, double step, double size) {
  return Step(f, step, size, 0);
}
//< central-difference

//> best-step
Difference best_difference(const Probe& f, double size) {
  Difference best{0, std::numeric_limits<double>::infinity(), 0, true};
  double magnitude = 0; // what a long step changes, a short one may change by less than rounding
  const double longest = 0.1 * std::max(size, 1.0);
  Step last(f, longest, size, magnitude);
  for (double h = longest / 4; h > 1e3 * machine_eps; h /= 4) {
    const Step d(f, h, size, magnitude = last.magnitude);
    // A step four times shorter errs by a sixteenth: 16/15 of the gap. Beside a narrow peak, both
    // steps land outside it and agree on a flat line; the bend, too, must shrink as it should.
    const double error =
        d.error + std::abs(d.value - last.value) + std::abs(d.bend - last.bend / 16) / h;
    if (!last.kink && !d.kink && error < best.error) best = {d.value, error, h, false};
    last = d;
  }
  return best;
}
//< best-step

Difference confirmed(Difference d, const Probe& f, double size) {
  Step last(f, d.step, size, 0);
  const double shortest =
      1e3 * machine_eps * std::max(size, 1.0); // less would not move the argument
  for (double h = d.step / 4; h > shortest && !d.kink; h /= 4) {
    const Step s(f, h, size, last.magnitude);
    const double error =
        s.error + std::abs(s.value - last.value) + std::abs(s.bend - last.bend / 16) / h;
    const bool contradicts = std::abs(s.value - d.value) > 10 * (error + d.error);
    if (!last.kink && !s.kink && (contradicts || (d.step < last.step && error < d.error)))
      d = {s.value, error, h, false};
    last = s;
  }
  return d;
}

Difference steady_difference(const Probe& f, double size) {
  constexpr std::size_t window = 4;
  Difference best{0, std::numeric_limits<double>::infinity(), 0, true};
  std::array<double, window> values{};
  std::size_t smooth = 0; // the last so many steps cross no kink
  // Not down to where changes are a few machine_eps: 64, 16, 4 and 1 of them would bear false
  // witness.
  for (double h = 0.1 * std::max(size, 1.0); h > 0.1 * usual_step(); h /= 4) {
    const Step d(f, h, size, 0);
    std::rotate(values.begin(), values.begin() + 1, values.end());
    values.back() = d.value;
    smooth = d.kink || d.value == 0 ? 0 : smooth + 1;
    if (smooth < window) continue;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double error = 4 * (*most - *least);
    if (error < best.error) best = {values[1], error, h, false};
  }
  return best;
}

//> agreement
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = std::abs(analytic - measured.value);
  return !measured.kink && gap <= tolerance * scale + measured.error;
}
//< agreement

} // namespace tapestry::inline TAPESTRY_PRECISION
