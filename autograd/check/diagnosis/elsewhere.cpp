// The comparison at other points, along one direction an argument. Values that were saved at the
// first point, or by the first call ever, are wrong there: a mask of a relu, the place of a
// maximum.
#include <algorithm>
#include <cmath>

#include "autograd/check/diagnosis/comparison.hpp"
#include "autograd/operators/branches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

bool finite_everywhere(const Tensor& x) {
  return std::all_of(x.storage().begin(), x.storage().end(),
                     [](real v) { return std::isfinite(v); });
}

} // namespace

// Another point near this one.
Point Comparison::elsewhere() {
  Point p = subject_.point();
  for (Tensor& a : p)
    for (real& x : a.storage()) x *= static_cast<real>(rng_.uniform(0.8, 1.2));
  return p;
}

void Comparison::compare_elsewhere(GradcheckReport& report) {
  const Point here = subject_.point(), near = elsewhere();
  Point shuffled = elsewhere(), negative = elsewhere(); // other signs, another largest entry
  for (Tensor& a : shuffled) {
    std::vector<real> values(a.storage().begin(), a.storage().end());
    rng_.shuffle(values);
    std::copy(values.begin(), values.end(), a.data());
  }
  for (Tensor& a : negative)
    for (real& x : a.storage()) x = -x;
  for (const Point* point : std::initializer_list<const Point*>{&near, &shuffled, &negative}) {
    if (wrong_) return;
    try {
      compare_at(*point, point == &near, report);
    } catch (const BrokenPullBack&) {
      if (point == &near) throw;
    } catch (const std::exception&) { // f may not be defined there
    }
    if (!wrong_) subject_.move_to(here);
  }
}

// Of the points farther off only what differs is reported, and a gradient that is not finite is
// none: f may not have a derivative there.
void Comparison::compare_at(const Point& point, bool in_report, GradcheckReport& report) {
  subject_.move_to(point);
  Tape tape;
  BranchWatch watch;
  const Var y = subject_.call();
  branches_ = watch.hash();
  if (y.shape() != value_.shape() || !std::isfinite(contract(cotangent_, y.value()))) return;
  value_ = y.value();
  for (const Parameter& a : arguments_) a.zero_grad();
  walk_back(tape, y, cotangent_);
  gradients_ = subject_.gradients();
  blurred_.clear();
  if (!in_report && !std::all_of(gradients_.begin(), gradients_.end(), finite_everywhere)) return;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    Tensor direction = arguments_[i].Var::value(); // relative changes: signs stay
    for (real& x : direction.storage()) x *= static_cast<real>(rng_.normal());
    compare_along(direction, i, "along a direction, at another point", report);
    const bool agrees = report.entries.back().agrees;
    if (on_kink_ || (!in_report && agrees)) report.entries.pop_back();
    wrong_ = wrong_ || !(on_kink_ || agrees);
    on_kink_ = false;
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
