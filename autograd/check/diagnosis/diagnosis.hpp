// Explains a gradient check that failed.
//
// First every pull-back on the tape is run alone, to see whether it adds and is linear. Then the
// first operator that is wrong is found, and its Jacobians are measured at several points and
// shapes; every hypothesis is held against all their entries. Of those that fit, the ones that had
// the least to choose are named; if there are several, all of them.
#pragma once

#include <memory>
#include <vector>

#include "autograd/check/diagnosis/subject.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

struct Place {
  Subject* subject;
  Point point;
};

/// Fills in what the report says about causes: diagnoses, operation, steps, also_wrong. `places`
/// are one for every shape; the first is the one that the report is about.
void diagnose(const std::vector<Place>& places, Rng rng, GradcheckReport& report);

/// The same for a pull-back that threw.
void diagnose(const BrokenPullBack& broken, GradcheckReport& report);

/// How the error of a central difference depends on its step, where the subject is at home.
std::vector<GradcheckReport::CurvePoint> error_curve(Subject& subject, Rng rng);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
