#include "autograd/gradcheck.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "autograd/branches.hpp"
#include "autograd/error.hpp"
#include "autograd/finite_difference.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// <c, y>, added up in double.
double contract(const Tensor& c, const Tensor& y) {
  double total = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    total += static_cast<double>(c.data()[i]) * static_cast<double>(y.data()[i]);
  return total;
}

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.storage().begin(), a.storage().end(), b.data());
}

std::string index_text(std::size_t flat, const Shape& shape) {
  Shape index(shape.size(), 0);
  for (std::size_t axis = shape.size(); axis-- > 0; flat /= shape[axis])
    index[axis] = flat % shape[axis];
  const std::string inside = to_string(index);
  return "[" + inside.substr(1, inside.size() - 2) + "]";
}

// Puts a parameter back, whatever f throws: its value, and a gradient of zeros.
class Restore {
public:
  explicit Restore(const Parameter& p) : parameter_(p), value_(p.value()) {}
  ~Restore() {
    parameter_.value() = std::move(value_);
    parameter_.zero_grad();
  }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

private:
  Parameter parameter_;
  Tensor value_;
};

// The cotangent of the second pass beside the first's: negative, to find pull-backs that take its
// absolute value, large, to find those that clip it, and a power of two, which rounds nothing.
constexpr int again = -32;

// One comparison: the function under test at one point, with its cotangent.
class Check {
public:
  Check(const std::function<Var(const std::vector<Var>&)>& f,
        const std::vector<GradcheckInput>& inputs, const GradcheckOptions& options, Rng rng)
      : f_(f), options_(options), rng_(rng) {
    for (const GradcheckInput& in : inputs) arguments_.emplace_back(in.name, in.value);
    inputs_ = arguments_.size();
    for (const Parameter& p : options.parameters) arguments_.push_back(p);
  }

  // Moves every argument a little, at random: off any kink it sat on.
  void move() {
    for (Parameter& a : arguments_)
      for (real& x : a.value().storage()) x += static_cast<real>(rng_.uniform(-0.05, 0.05));
  }

  GradcheckReport run() {
    GradcheckReport report;
    for (std::size_t i = 0; i < arguments_.size(); ++i)
      report.arguments.push_back(arguments_[i].name().empty()
                                     ? fmt::format("argument {}", i + 1)
                                     : fmt::format("\"{}\"", arguments_[i].name()));
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
    report.passed = std::all_of(report.entries.begin(), report.entries.end(),
                                [](const GradcheckEntry& e) { return e.agrees; });
    return report;
  }

  bool on_kink() const { return on_kink_; }

private:
  Var call() const {
    return f_(
        std::vector<Var>(arguments_.begin(), arguments_.begin() + static_cast<long>(inputs_)));
  }

  // The analytic gradients; or why there are none.
  std::string pull_back() {
    for (const Parameter& a : arguments_) a.zero_grad();
    Tape tape;
    BranchWatch watch;
    const Var y = call();
    if (y.value().size() == 0) return "the output has no entries";
    if (!y.needs_grad()) return "vacuous: the output does not depend on any argument";
    value_ = y.value();
    branches_ = watch.hash();
    //> cotangent
    cotangent_ = normal(y.shape(), 0, 1, rng_);
    //< cotangent
    for (real c : cotangent_.storage()) arriving_ += std::abs(static_cast<double>(c));
    if (!std::isfinite(contract(cotangent_, value_))) return "the output is not finite";
    tape.backward(y, cotangent_);
    for (const Parameter& a : arguments_)
      gradients_.push_back(a.has_grad() ? a.grad() : zeros(a.shape()));
    return pull_back_again();
  }

  // A second pass on top of the first, its cotangent times -32: the gradients add up to -31 times
  // those of the first. They do not where a pull-back overwrites, or is not linear.
  std::string pull_back_again() {
    Tape tape;
    const Var y = call();
    if (!same(y.value(), value_))
      return "two calls with the same arguments differ; does f draw random numbers?";
    Tensor cotangent = cotangent_;
    for (real& c : cotangent.storage()) c *= again;
    tape.backward(y, cotangent);
    for (const Parameter& a : arguments_) both_passes_.push_back(a.grad());
    return "";
  }

  // What the second pass shows about an argument, or nothing.
  std::string not_added_up(std::size_t argument) const {
    const Tensor &once = gradients_[argument], &both = both_passes_[argument];
    double largest = 0, added = 0, overwritten = 0;
    for (std::size_t i = 0; i < once.size(); ++i) {
      const double g = static_cast<double>(once.data()[i]), h = static_cast<double>(both.data()[i]);
      largest = std::max(largest, std::abs(again * g));
      added = std::max(added, std::abs(h - (1 + again) * g));
      overwritten = std::max(overwritten, std::abs(h - again * g));
    }
    if (!(added > options_.tolerance * largest)) return "";
    return overwritten <= options_.tolerance * largest
               ? "a second backward pass replaces the gradient instead of adding to it: `=` for "
                 "`+=`?"
               : "a second backward pass with -32 times the cotangent does not add -32 times the "
                 "gradient";
  }

  // f with argument a moved by t along `direction`; the argument is put back.
  Sample sample(Parameter& a, const Tensor& direction, double t) const {
    std::optional<Tape> own; // an open tape of the caller's is not for these calls
    if (Tape::current()) own.emplace();
    const Restore restore(a);
    for (std::size_t i = 0; i < direction.size(); ++i)
      a.value().data()[i] += static_cast<real>(t) * direction.data()[i];
    BranchWatch watch;
    const Var y = call();
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

  void compare(std::size_t argument, GradcheckReport& report) {
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
    const bool reached = std::any_of(from, report.entries.end(), [](const GradcheckEntry& e) {
      return !e.agrees || e.measured;
    });
    if (on_kink_) return;
    if (!reached)
      report.problem = fmt::format("vacuous: {} reaches nothing; its gradient is 0 in every entry, "
                                   "analytic and numeric, or lost in rounding",
                                   report.arguments[argument]);
    else if (std::all_of(from, report.entries.end(), [](const auto& e) { return e.agrees; }))
      if (const std::string why = not_added_up(argument); !why.empty())
        report.problem = report.arguments[argument] + ": " + why;
  }

  void compare_along(const Tensor& direction, std::size_t argument, std::string where,
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

  const std::function<Var(const std::vector<Var>&)>& f_;
  const GradcheckOptions& options_;
  Rng rng_;
  std::vector<Parameter> arguments_; // the inputs, then the parameters
  std::size_t inputs_;
  std::vector<Tensor> gradients_, both_passes_;
  Tensor cotangent_, value_;
  double arriving_ = 0; // the sum of the cotangent's absolute values
  std::uint64_t branches_ = 0;
  bool on_kink_ = false;
};

} // namespace

GradcheckReport gradcheck_all(const std::function<Var(const std::vector<Var>&)>& f,
                              const std::vector<GradcheckInput>& inputs,
                              const GradcheckOptions& options) {
  GradcheckReport report;
  Rng rng(options.seed);
  for (int attempt = 0; attempt < 4; ++attempt) {
    std::deque<Restore> restore; // every attempt starts from the caller's point
    for (const Parameter& p : options.parameters) restore.emplace_back(p);
    Check check(f, inputs, options, rng.split());
    if (attempt > 0) check.move();
    report = check.run();
    report.moved = attempt > 0;
    if (!check.on_kink()) break;
    report.passed = false;
    if (report.problem.empty())
      report.problem = "the point lies on a kink, and so do three points near it";
  }
  return report;
}

std::string GradcheckReport::text() const {
  if (!problem.empty()) return "gradient check: " + problem + "\n";
  const auto wrong = static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const auto& e) { return !e.agrees; }));
  std::string text =
      wrong == 0 ? fmt::format("gradient check: all {} numbers agree", entries.size())
                 : fmt::format("gradient check: {} of {} numbers differ", wrong, entries.size());
  const auto lost = std::count_if(entries.begin(), entries.end(),
                                  [](const auto& e) { return !e.measured && e.numeric != 0; });
  if (lost > 0) text += fmt::format(", {} of them lost in rounding", lost);
  text += moved ? " (moved off a kink)\n" : "\n";
  std::size_t shown = 0;
  for (const GradcheckEntry& e : entries) {
    if (e.agrees) continue;
    if (++shown > 6) return text + fmt::format("  ... and {} more\n", wrong - 6);
    text +=
        fmt::format("  {} {}: analytic {:.6g}, numeric {:.6g}, ratio {:.6g}\n",
                    arguments[e.argument], e.where, e.analytic, e.numeric, e.analytic / e.numeric);
  }
  return text;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
