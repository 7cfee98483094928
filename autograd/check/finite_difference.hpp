// A derivative measured from function values alone, with an estimate of its own error.
#pragma once

#include <cstdint>
#include <functional>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A function of one number, t, seen against its value at 0.
struct Sample {
  double change;    ///< f(t) - f(0), where what stays the same was left out and not subtracted
  double magnitude; ///< the size of the numbers in f(0) that do not stay: bounds the rounding
  bool crossed;     ///< whether a kink lies between 0 and t
};
using Probe = std::function<Sample(double t)>;

struct Difference {
  double value; ///< the derivative
  double error; ///< how far it may be off, from rounding and from the step's length
  double step;  ///< the step that was chosen
  bool kink;    ///< every step that is not lost in rounding crosses a kink
};

/// (f(h) - f(-h)) / 2h, which errs by h^2 f'''/6 (truncation) and by about eps |f| / h (rounding).
/// Only rounding is in its error. `size` is that of the numbers which t is added to.
Difference central_difference(const Probe& f, double step, double size);

/// Tries steps from 1e-1 down to near eps and takes the one whose estimate agrees best with those
/// of its neighbours: at the bottom of the V that the error draws against the step.
Difference best_difference(const Probe& f, double size);

/// The same measurement, unless shorter steps contradict it: then what they say, with their error.
/// Far beside something narrow, long steps agree on the slope of its surroundings.
Difference confirmed(Difference measured, const Probe& f, double size);

/// For functions whose numbers are all small, as 1e-12 x: takes no rounding for granted, but lets
/// four steps in a row bear witness. Rounding grows fourfold from one to the next, truncation
/// shrinks; what all four agree on is neither.
Difference steady_difference(const Probe& f, double size);

/// Whether a derivative agrees with a measured one: they differ by at most `tolerance` times the
/// larger of the two, beside the error of the measurement. At a kink nothing agrees.
bool agrees(double analytic, const Difference& measured, double tolerance);

/// The step at which truncation and rounding are about equal for a function of size 1: eps^(1/3).
double usual_step();

} // namespace tapestry::inline TAPESTRY_PRECISION
