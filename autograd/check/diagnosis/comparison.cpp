#include "autograd/check/diagnosis/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/check/thresholds.hpp"
#include "autograd/operators/branches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.storage().begin(), a.storage().end(), b.data());
}

bool is_small(const Tensor& x) {
  return std::all_of(x.storage().begin(), x.storage().end(),
                     [](real v) { return std::abs(v) < real(1e-3); });
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
// absolute value, and a power of two, which rounds nothing.
constexpr int again = -32;

Tensor times(double k, Tensor x) {
  for (real& v : x.storage()) v *= static_cast<real>(k);
  return x;
}

// Whether b = k a, up to `tolerance` times the largest entry. Numbers that are not finite are
// judged elsewhere.
bool is_multiple(const Tensor& a, double k, const Tensor& b, double tolerance) {
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double wanted = k * static_cast<double>(a.data()[i]);
    largest = std::max(largest, std::abs(wanted));
    off = std::max(off, std::abs(static_cast<double>(b.data()[i]) - wanted));
  }
  return off <= tolerance * largest || !std::isfinite(largest);
}

} // namespace

void Comparison::move(bool before) {
  for (Parameter& a : arguments_) {
    double largest = 0; // what an entry of 0 is moved beside
    for (real x : a.value().storage()) largest = std::max(largest, std::abs(double(x)));
    if (largest == 0) largest = 1;
    for (real& x : a.value().storage()) {
      const double size = before ? 1 : x == 0 ? largest : std::abs(double(x));
      x += static_cast<real>(size * rng_.uniform(-0.05, 0.05));
    }
  }
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
  for (std::size_t i = 0; i < value_.size(); ++i)
    weight_ += std::abs(double(cotangent_.data()[i]) * double(value_.data()[i]));
  if (!std::isfinite(contract(cotangent_, value_))) return "the output is not finite";
  walk_back(tape, y, cotangent_);
  gradients_ = subject_.gradients();
  return pull_back_again();
}

// A second pass on top of the first, its cotangent times -32: the gradients add up to -31 times
// those of the first. They do not where a pull-back overwrites, or is not linear; nor where the
// call in between, at another point, took a saved value away. And two passes with much larger and
// much smaller cotangents, for what is clipped.
std::string Comparison::pull_back_again() {
  const auto pass = [&](double k, bool call_between) {
    Tape tape;
    const Var y = subject_.call();
    if (!same(y.value(), value_)) return false;
    if (call_between) subject_.call_at(elsewhere());
    walk_back(tape, y, times(k, cotangent_));
    return true;
  };
  const char* const changes =
      "two calls with the same arguments differ; does f draw random numbers?";
  if (!pass(again, true)) return changes;
  both_passes_ = subject_.gradients();
  for (auto [k, left] :
       {std::pair{limit::large_arrival, &of_large_}, std::pair{limit::small_arrival, &of_small_}}) {
    for (const Parameter& a : arguments_) a.zero_grad();
    if (!pass(static_cast<double>(k), false)) return changes;
    *left = subject_.gradients();
  }
  return "";
}

std::string Comparison::not_linear(std::size_t i) const {
  const auto fits = [&](double k, const Tensor& left) {
    return is_multiple(gradients_[i], k, left, options_.tolerance);
  };
  if (!fits(1 + again, both_passes_[i]))
    return "a second backward pass, with -32 times the cotangent, does not add -32 times the "
           "gradient";
  const bool large = fits(limit::large_arrival, of_large_[i]);
  if (large && fits(limit::small_arrival, of_small_[i])) return "";
  return fmt::format("a backward pass with {} the cotangent does not give {} the gradient",
                     large ? "a millionth of" : "a million times",
                     large ? "a millionth of" : "a million times");
}

// f with argument a moved by t along `direction`; the argument is put back. A point at which f
// throws is not in its domain: it is left out like one behind a kink.
Sample Comparison::sample(Parameter& a, const Tensor& direction, double t) {
  std::optional<Tape> own; // an open tape of the caller's is not for these calls
  if (Tape::current()) own.emplace();
  const Restore restore(a);
  for (std::size_t i = 0; i < direction.size(); ++i)
    a.value().data()[i] += static_cast<real>(t) * direction.data()[i];
  BranchWatch watch;
  Var y;
  try {
    y = subject_.call();
    returned_ = true;
  } catch (const std::exception&) {
    thrown_ = std::current_exception();
    return {0, 0, true};
  }
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
  const std::string another = not_linear(argument);
  wrong_ = wrong_ || !agree || !another.empty();
  if (!reached)
    report.problem = reaches_nothing(argument);
  else if (agree && !another.empty())
    report.problem = report.arguments[argument] + ": " + another;
}

// Why no entry of an argument could be compared with anything.
std::string Comparison::reaches_nothing(std::size_t argument) const {
  double most = 0;
  for (real g : gradients_[argument].storage()) most = std::max(most, std::abs(double(g)));
  if (most > 1e-3 * options_.tolerance * arriving_)
    return fmt::format(
        "the gradient of {}, at most {:.2g}, is lost in rounding beside an output of "
        "size {:.2g}: check the parts of f alone",
        subject_.name(argument), most, weight_);
  return fmt::format("vacuous: {} reaches nothing; its gradient is 0 in every entry, analytic and "
                     "numeric, or lost in rounding",
                     subject_.name(argument));
}

void Comparison::compare_along(const Tensor& direction, std::size_t argument, std::string where,
                               GradcheckReport& report) {
  Parameter& a = arguments_[argument];
  // How far t goes, beside the numbers that are moved. A direction with several entries is as long
  // as they are, or longer.
  double size = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    if (direction.data()[i] == 0) continue;
    size = std::max(size, std::abs(double(a.Var::value().data()[i])) /
                              std::max(1.0, std::abs(double(direction.data()[i]))));
  }
  const double analytic = contract(direction, gradients_[argument]);
  thrown_ = nullptr, returned_ = false;
  Difference d = measure([&](double t) { return sample(a, direction, t); }, analytic, size);
  // Numbers that differ little beside their size lose digits when f subtracts them: what is lost of
  // any shows in the slopes of all.
  double least = 0, most = 0; // of the argument, which may have no entry
  if (const auto& values = a.Var::value().storage(); values.size() > 0) {
    least = *std::min_element(values.begin(), values.end());
    most = *std::max_element(values.begin(), values.end());
  }
  const double largest = std::max(std::abs(least), std::abs(most));
  if (d.step > 0 && largest > 1e3 * (most - least)) {
    double steepest = 0;
    for (real g : gradients_[argument].storage())
      if (std::isfinite(g)) steepest = std::max(steepest, std::abs(double(g)));
    d.error += 4 * limit::eps * largest * steepest / d.step;
  }
  if (!d.kink && !agrees(analytic, d, options_.tolerance))
    d.error += 10 * std::abs(contract(direction, blurred()[argument]) - analytic);
  if (d.kink && thrown_ && !returned_) std::rethrow_exception(thrown_);
  on_kink_ = on_kink_ || d.kink;
  const double scale = std::max(std::abs(analytic), std::abs(d.value));
  report.entries.push_back({argument, std::move(where), analytic, d.value,
                            agrees(analytic, d, options_.tolerance), scale > 10 * d.error});
}

// The gradients where every argument is a few eps of itself away. How far they differ tells how
// far rounding alone may have led the analytic ones astray.
const std::vector<Tensor>& Comparison::blurred() {
  if (!blurred_.empty()) return blurred_;
  const Point here = subject_.point();
  Point moved = here;
  for (Tensor& a : moved)
    for (real& x : a.storage()) x *= static_cast<real>(1 + 4 * limit::eps * rng_.uniform(-1, 1));
  subject_.move_to(moved);
  blurred_ = subject_.pull_back(cotangent_);
  subject_.move_to(here);
  for (Tensor& gradient : blurred_)
    for (real& g : gradient.storage())
      if (!std::isfinite(g)) g = 0;
  return blurred_;
}

Difference Comparison::measure(const Probe& f, double analytic, double size) {
  const auto scale = [&](const Difference& d) {
    return std::max(std::abs(analytic), std::abs(d.value));
  };
  const auto sharp = [&](const Difference& d) {
    return !d.kink && d.error <= options_.tolerance * scale(d);
  };
  Difference d = central_difference(f, usual_step(), size);
  const double longest = 0.1 * std::max(size, 1.0);
  // Both 0: it may have been too short a step.
  if (scale(d) == 0 && !d.kink && f(longest).change == 0) return d;
  if (sharp(d) && agrees(analytic, d, options_.tolerance)) return d;
  d = best_difference(f, size);               // is the gradient wrong, or the step?
  if (!sharp(d) && size > 0 && size < 1e-3) { // steps as small as the number itself
    const auto scaled = [&](double t) { return f(size * t); };
    const Difference e = best_difference(scaled, 1);
    if (!e.kink && (d.kink || e.error < size * d.error))
      d = {e.value / size, e.error / size, e.step * size, false};
  }
  if (!d.kink && !agrees(analytic, d, options_.tolerance)) d = confirmed(d, f, size);
  if (!sharp(d) && !d.kink && is_small(value_)) // the numbers inside f are probably small too
    if (const Difference e = steady_difference(f, size); sharp(e)) d = e;
  // What no step shows may still be there: in the analytic one, as rounding, and in f, too small
  // to be seen beside its value.
  if (d.value == 0)
    d.error = std::max(
        {d.error, 1e-3 * options_.tolerance * arriving_, 4 * limit::eps * weight_ / longest});
  return d;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
