#include "autograd/check/diagnosis/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/branches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.storage().begin(), a.storage().end(), b.data());
}

// Puts an argument's value back, whatever f throws.
class Restore {
public:
  explicit Restore(const Parameter& p) : parameter_(p), value_(p.value()) {}
  ~Restore() { parameter_.value() = std::move(value_); }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

private:
  Parameter parameter_;
  Tensor value_;
};

// The cotangent of the second pass beside the first's: negative, to find pull-backs that take its
// absolute value, large, to find those that clip it, and a power of two, which rounds nothing.
constexpr int again = -32;

} // namespace

void Comparison::move() {
  for (Parameter& a : arguments_)
    for (real& x : a.value().storage()) x += static_cast<real>(rng_.uniform(-0.05, 0.05));
}

GradcheckReport Comparison::run() {
  GradcheckReport report;
  for (std::size_t i = 0; i < arguments_.size(); ++i) report.arguments.push_back(subject_.name(i));
  report.problem = pull_back();
  if (!report.problem.empty()) return report;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    compare(i, report);
    if (!report.problem.empty()) return report;
  }
  if (report.entries.empty() && !on_kink_) {
    report.problem = "vacuous: no argument has an entry";
    return report;
  }
  if (!wrong_ && !on_kink_) compare_elsewhere(report);
  report.passed = !wrong_;
  return report;
}

// The analytic gradients; or why there are none.
std::string Comparison::pull_back() {
  for (const Parameter& a : arguments_) a.zero_grad();
  Tape tape;
  BranchWatch watch;
  const Var y = subject_.call();
  if (y.value().size() == 0) return "the output has no entries";
  if (!y.needs_grad()) {
    subject_.move_to(elsewhere());
    detached_ = !same(subject_.value(), y.value());
    return "vacuous: the output does not depend on any argument";
  }
  value_ = y.value();
  branches_ = watch.hash();
  //> cotangent
  cotangent_ = normal(y.shape(), 0, 1, rng_);
  //< cotangent
  for (real c : cotangent_.storage()) arriving_ += std::abs(static_cast<double>(c));
  if (!std::isfinite(contract(cotangent_, value_))) return "the output is not finite";
  walk_back(tape, y, cotangent_);
  gradients_ = subject_.gradients();
  return pull_back_again();
}

// A second pass on top of the first, its cotangent times -32: the gradients add up to -31 times
// those of the first. They do not where a pull-back overwrites, or is not linear; nor where the
// call in between, at another point, took a saved value away.
std::string Comparison::pull_back_again() {
  Tape tape;
  const Var y = subject_.call();
  if (!same(y.value(), value_))
    return "two calls with the same arguments differ; does f draw random numbers?";
  Tensor cotangent = cotangent_;
  for (real& c : cotangent.storage()) c *= again;
  subject_.call_at(elsewhere());
  walk_back(tape, y, cotangent);
  for (const Parameter& a : arguments_) both_passes_.push_back(a.grad());
  return "";
}

// Another point near this one.
Point Comparison::elsewhere() {
  Point p = subject_.point();
  for (Tensor& a : p)
    for (real& x : a.storage()) x *= static_cast<real>(rng_.uniform(0.8, 1.2));
  return p;
}

// Whether the second pass, of an argument, added what it should.
bool Comparison::added_up(std::size_t argument) const {
  const Tensor &once = gradients_[argument], &both = both_passes_[argument];
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < once.size(); ++i) {
    const double g = static_cast<double>(once.data()[i]), h = static_cast<double>(both.data()[i]);
    largest = std::max(largest, std::abs(again * g));
    off = std::max(off, std::abs(h - (1 + again) * g));
  }
  return off <= options_.tolerance * largest;
}

// f with argument a moved by t along `direction`; the argument is put back.
Sample Comparison::sample(Parameter& a, const Tensor& direction, double t) const {
  std::optional<Tape> own; // an open tape of the caller's is not for these calls
  if (Tape::current()) own.emplace();
  const Restore restore(a);
  for (std::size_t i = 0; i < direction.size(); ++i)
    a.value().data()[i] += static_cast<real>(t) * direction.data()[i];
  BranchWatch watch;
  const Var y = subject_.call();
  if (y.shape() != value_.shape()) throw ShapeError("gradcheck: the output's shape changed");
  Sample s{0, 0, watch.hash() != branches_};
  for (std::size_t i = 0; i < value_.size(); ++i) {
    const double c = static_cast<double>(cotangent_.data()[i]);
    const double here = static_cast<double>(value_.data()[i]);
    const double change = static_cast<double>(y.value().data()[i]) - here;
    if (change == 0) continue;
    s.change += c * change;
    s.magnitude += std::abs(c) * std::max(std::abs(here), 1.0); // 1: log(1 + x) rounds at 1
  }
  return s;
}

void Comparison::compare(std::size_t argument, GradcheckReport& report) {
  Parameter& a = arguments_[argument];
  const std::size_t size = a.value().size(), first = report.entries.size();
  if (size == 0) return;
  std::vector<std::size_t> entries(size);
  std::iota(entries.begin(), entries.end(), 0);
  if (size > options_.max_entries) {
    rng_.shuffle(entries);
    entries.resize(options_.max_entries);
    std::sort(entries.begin(), entries.end());
  }
  Tensor direction = zeros(a.shape());
  for (std::size_t i : entries) {
    direction.data()[i] = 1;
    compare_along(direction, argument, index_text(i, a.shape()), report);
    direction.data()[i] = 0;
  }
  for (int d = 1; d <= 5 && size > entries.size(); ++d)
    compare_along(normal(a.shape(), 0, 1, rng_), argument, fmt::format("along direction {}", d),
                  report);
  const auto from = report.entries.begin() + static_cast<long>(first);
  const bool reached = std::any_of(from, report.entries.end(),
                                   [](const GradcheckEntry& e) { return !e.agrees || e.measured; });
  if (on_kink_) return;
  const bool agree =
      std::all_of(from, report.entries.end(), [](const auto& e) { return e.agrees; });
  wrong_ = wrong_ || !agree || !added_up(argument);
  if (!reached)
    report.problem = fmt::format("vacuous: {} reaches nothing; its gradient is 0 in every entry, "
                                 "analytic and numeric, or lost in rounding",
                                 report.arguments[argument]);
  else if (agree && !added_up(argument))
    report.problem = report.arguments[argument] +
                     ": a second backward pass, with -32 times the cotangent, does not add -32 "
                     "times the gradient";
}

// At another point, along one direction an argument: values that were saved at the first point,
// or by the first call ever, are wrong there.
void Comparison::compare_elsewhere(GradcheckReport& report) {
  const Point here = subject_.point();
  subject_.move_to(elsewhere());
  try {
    Tape tape;
    BranchWatch watch;
    const Var y = subject_.call();
    branches_ = watch.hash();
    if (y.shape() == value_.shape() && std::isfinite(contract(cotangent_, y.value()))) {
      value_ = y.value();
      for (const Parameter& a : arguments_) a.zero_grad();
      walk_back(tape, y, cotangent_);
      gradients_ = subject_.gradients();
      for (std::size_t i = 0; i < arguments_.size(); ++i) {
        Tensor direction = arguments_[i].value(); // relative changes: signs stay
        for (real& x : direction.storage()) x *= static_cast<real>(rng_.normal());
        compare_along(direction, i, "along a direction, at another point", report);
        if (on_kink_) report.entries.pop_back();
        wrong_ = wrong_ || !(on_kink_ || report.entries.back().agrees);
        on_kink_ = false;
      }
    }
  } catch (const BrokenPullBack&) {
    throw;
  } catch (const std::exception&) { // f may not be defined there
  }
  subject_.move_to(here);
}

void Comparison::compare_along(const Tensor& direction, std::size_t argument, std::string where,
                               GradcheckReport& report) {
  Parameter& a = arguments_[argument];
  double size = 0; // of the numbers that are moved
  for (std::size_t i = 0; i < direction.size(); ++i)
    if (direction.data()[i] != 0)
      size = std::max(size, std::abs(static_cast<double>(a.value().data()[i])));
  const double analytic = contract(direction, gradients_[argument]);
  const auto f = [&](double t) { return sample(a, direction, t); };
  const auto scale = [&](const Difference& d) {
    return std::max(std::abs(analytic), std::abs(d.value));
  };
  Difference d = central_difference(f, usual_step(), size);
  // Both 0: it may have been too short a step.
  const bool still = scale(d) == 0 && !d.kink && f(0.1 * std::max(size, 1.0)).change == 0;
  if (!still &&
      !(agrees(analytic, d, options_.tolerance) && d.error <= options_.tolerance * scale(d))) {
    d = best_difference(f, size); // is the gradient wrong, or the step?
    on_kink_ = on_kink_ || d.kink;
    // What no step shows may still be there in the analytic one, as rounding.
    if (d.value == 0) d.error = std::max(d.error, 1e-3 * options_.tolerance * arriving_);
  }
  report.entries.push_back({argument, std::move(where), analytic, d.value,
                            agrees(analytic, d, options_.tolerance), scale(d) > 10 * d.error});
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
