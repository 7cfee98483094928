#include "autograd/check/diagnosis/tape_trials.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Tensors = std::vector<Tensor>;

constexpr double allowed_between_runs = limit::same_run;

Tensor multiple(real k, const Tensor& x) {
  Tensor y = x;
  for (real& v : y.storage()) v *= k;
  return y;
}

double largest(const Tensors& all) {
  double most = 0;
  for (const Tensor& x : all)
    for (real v : x.storage()) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

// Whether a = k b, up to rounding.
bool is_multiple(const Tensors& a, double k, const Tensors& b) {
  const double allowed = allowed_between_runs * (largest(a) + std::abs(k) * largest(b));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j)
      if (!(std::abs(static_cast<double>(a[i].data()[j]) -
                     k * static_cast<double>(b[i].data()[j])) <= allowed))
        return false;
  return true;
}

Tensors minus(Tensors a, const Tensors& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j) a[i].data()[j] -= b[i].data()[j];
  return a;
}

bool finite(const Tensors& all) {
  for (const Tensor& x : all)
    for (real v : x.storage())
      if (!std::isfinite(v)) return false;
  return true;
}

// The inputs of a record that want a gradient, each once.
std::vector<Var> wanting(const Tape::Line& line) {
  std::vector<Var> all;
  for (const Var& x : line.inputs) {
    const bool seen = std::any_of(all.begin(), all.end(),
                                  [&](const Var& other) { return &other.grad() == &x.grad(); });
    if (x.needs_grad() && !seen) all.push_back(x);
  }
  return all;
}

// One record and the gradients around it. A pull-back may use up what it saved, as fused ones do:
// then every run has a tape of its own.
class Trial {
public:
  Trial(Subject& subject, Tape& tape, std::size_t record)
      : subject_(subject), tape_(tape), record_(record), output_(tape.line(record).output),
        inputs_(wanting(tape.line(record))) {
    arriving = output_.grad();
    for (const Var& x : inputs_) lying.push_back(x.grad());
    first = run_on(tape_, arriving, nothing());
    const Tensors second = run_on(tape_, arriving, nothing());
    repeats_ = is_multiple(second, 1, first);
  }

  /// Whether it gives the same from the same: not if it draws random numbers, or keeps something.
  bool same_again() const { return repeats_ || is_multiple(run(arriving, nothing()), 1, first); }
  /// What the pull-back leaves when `upstream` arrives and `preset` lies there.
  Tensors run(const Tensor& upstream, const Tensors& preset) const {
    if (repeats_) return run_on(tape_, upstream, preset);
    Tape fresh;
    (void)subject_.call();
    return run_on(fresh, upstream, preset);
  }
  Tensors pull(real k) const { return run(multiple(k, arriving), nothing()); }
  Tensors nothing() const {
    Tensors all;
    for (const Var& x : inputs_) all.push_back(zeros(x.shape()));
    return all;
  }
  /// Leaves the gradients as the records before this one expect them.
  void finish() const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].grad() = lying[i] + first[i];
  }

  const std::vector<Var>& inputs() const { return inputs_; }
  Tensor arriving;
  Tensors lying, first; ///< gradients before; and what the first run adds to nothing

private:
  Tensors run_on(Tape& tape, const Tensor& upstream, const Tensors& preset) const {
    const Tape::Line line = tape.line(record_);
    const std::vector<Var> inputs = &tape == &tape_ ? inputs_ : wanting(line);
    line.output.grad() = upstream;
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].grad() = preset[i];
    tape.pull_back(record_);
    Tensors left;
    for (const Var& x : inputs) left.push_back(x.grad());
    return left;
  }

  Subject& subject_;
  Tape& tape_;
  std::size_t record_;
  Var output_;
  std::vector<Var> inputs_;
  bool repeats_ = true;
};

// What made entry `flat` of x's gradient NaN or infinite, as far as a value of 0 or the like tells.
std::string cause(const Tape::Line& line, const Var& x, std::size_t flat) {
  const double v = static_cast<double>(x.value().data()[flat]);
  if (v == 0) return ", where it is 0: a division by 0?";
  const auto zero = [&](const Var& other) {
    return other.shape() == x.shape() && other.value().data()[flat] == 0;
  };
  if (zero(line.output)) return ", where the output is 0: a division by 0?";
  for (std::size_t k = 0; k < line.inputs.size(); ++k)
    if (zero(line.inputs[k])) return fmt::format(", where input {} is 0: a division by 0?", k + 1);
  if (!std::isfinite(v)) return fmt::format(", where it is {} itself", v);
  if (std::abs(v) > 80) return fmt::format(", where it is {:.3g}: does an exp overflow?", v);
  if (v < 0)
    return fmt::format(", where it is {:.3g}: the logarithm or the root of a negative number?", v);
  return fmt::format(", where it is {:.3g}", v);
}

std::optional<Finding> not_finite(const Subject& subject, const Trial& trial,
                                  const Tape::Line& line) {
  if (!finite({trial.arriving}) || finite(trial.first)) return {};
  for (std::size_t i = 0; i < trial.first.size(); ++i) {
    const Tensor& gradient = trial.first[i];
    std::size_t count = 0, example = 0;
    for (std::size_t j = gradient.size(); j-- > 0;)
      if (!std::isfinite(gradient.data()[j])) ++count, example = j;
    if (count == 0) continue;
    const Var& x = trial.inputs()[i];
    const std::string what = std::isnan(gradient.data()[example]) ? "NaN" : "infinity";
    return Finding{fault::not_finite,
                   fmt::format("{} gives {} to {} of {} entries of {}: at {}{}", where(line), what,
                               count, gradient.size(), subject.name(x, i + 1),
                               index_text(example, gradient.shape()), cause(line, x, example)),
                   0};
  }
  return {};
}

// Numbers that lie there already must still be in the sum. If none of them is, in any entry that
// was written, the pull-back says `=` where it must say `+=`.
std::optional<Finding> overwrites(const Trial& trial, const std::string& op, Rng& rng) {
  const Tensors plain = trial.run(trial.arriving, trial.lying);
  Tensors preset = trial.lying;
  const double size = std::max({1.0, largest(plain), largest(trial.lying)});
  for (Tensor& p : preset)
    for (real& x : p.storage()) x += static_cast<real>(size * rng.uniform(1, 2));
  const Tensors left = trial.run(trial.arriving, preset);
  std::optional<Finding> found;
  for (std::size_t i = 0; i < left.size(); ++i)
    for (std::size_t j = 0; j < left[i].size(); ++j) {
      const double before = static_cast<double>(trial.lying[i].data()[j]),
                   more = static_cast<double>(preset[i].data()[j]),
                   after = static_cast<double>(plain[i].data()[j]);
      const double moved = static_cast<double>(left[i].data()[j]) - after;
      if (std::abs(moved - (more - before)) <= allowed_between_runs * 10 * size)
        continue;                                                        // adds, or is silent
      if (std::abs(moved) > allowed_between_runs * 10 * size) return {}; // something else
      if (!found)
        found = {fault::overwritten,
                 fmt::format("{} replaces the gradient that its input has already, instead of "
                             "adding to it: {:.3g} lies there afterwards, whether it was {:.3g} "
                             "before or {:.3g}; `=` for `+=`?",
                             op, after, before, more),
                 0};
    }
  return found;
}

constexpr real many = limit::large_arrival, few = limit::small_arrival;

// The derivative of a function is linear in what arrives, whatever the function.
std::optional<Finding> not_linear(const Trial& trial, const std::string& op) {
  const Tensors once = trial.pull(1), none = trial.pull(0);
  const Tensors more = trial.pull(many), less = trial.pull(few), negative = trial.pull(-1);
  if (!finite(more)) return {}; // overflow says nothing
  if (is_multiple(more, many, once) && is_multiple(less, few, once) &&
      is_multiple(negative, -1, once) && largest(none) == 0)
    return {};
  if (is_multiple(more, 1, once) && is_multiple(negative, 1, once) && largest(once) > 0)
    return Finding{fault::upstream_ignored,
                   fmt::format("{} gives its inputs the same gradient, of {:.3g} at most, whatever "
                               "arrives, also when nothing does: where is y.grad()?",
                               op, largest(once)),
                   0};
  if (largest(none) > 0 && is_multiple(minus(more, none), many, minus(once, none)))
    return Finding{fault::upstream_ignored,
                   fmt::format("{} gives its inputs a gradient, of {:.3g} at most, when none "
                               "arrives: a part of it ignores y.grad(), or is added where it "
                               "should be multiplied",
                               op, largest(none)),
                   0};
  if (!is_multiple(more, many, once))
    return Finding{fault::upstream_not_linear,
                   is_multiple(more, many * many, once)
                       ? fmt::format("{}: twice what arrives gives four times the gradient: "
                                     "y.grad() is squared, or used twice",
                                     op)
                       : fmt::format("{}: many times what arrives does not give as many times the "
                                     "gradient: y.grad() is clipped, or more than multiplied",
                                     op),
                   0};
  if (!is_multiple(less, few, once))
    return Finding{fault::upstream_not_linear,
                   fmt::format("{}: a small part of what arrives does not give as small a part of "
                               "the gradient: is a small y.grad() cut off, or rounded?",
                               op),
                   0};
  return Finding{fault::upstream_not_linear,
                 fmt::format("{}: the negative of what arrives does not give the negative of the "
                             "gradient: is the sign of y.grad() dropped?",
                             op),
                 0};
}

void add_once(Findings& all, Finding f) {
  if (std::none_of(all.begin(), all.end(),
                   [&](const Finding& g) { return g.name == f.name && g.evidence == f.evidence; }))
    all.push_back(std::move(f));
}

} // namespace

Findings try_every_record(Subject& subject, Rng& rng) {
  Findings found;
  Tape tape;
  const Var y = subject.call();
  if (!y.needs_grad() || tape.size() > limit::longest_tape) return found;
  tape.begin_backward(y, normal(y.shape(), 0, 1, rng));
  for (std::size_t i = tape.size(); i-- > 0;) {
    const Tape::Line line = tape.line(i);
    if (!line.output.has_grad()) continue;
    const Trial trial(subject, tape, i);
    const std::string op = where(line);
    if (const auto finding = not_finite(subject, trial, line)) return {*finding};
    if (!trial.same_again()) {
      add_once(found, {fault::random,
                       op + ": the same pull-back run twice gives two results: does it draw random "
                            "numbers, or keep something from run to run?",
                       0});
      trial.finish();
      continue;
    }
    std::optional<Finding> finding = overwrites(trial, op, rng);
    if (!finding) finding = not_linear(trial, op);
    if (finding) add_once(found, *finding);
    trial.finish();
  }
  return found;
}

Findings changed_upstream(Subject& subject, std::size_t record, Rng& rng) {
  Tape tape;
  const Var y = subject.call();
  if (!y.needs_grad() || record >= tape.size()) return {};
  const Tape::Line line = tape.line(record);
  line.output.grad() = normal(line.output.shape(), 0, 1, rng);
  const Tensor before = line.output.grad();
  tape.pull_back(record);
  if (is_multiple({line.output.grad()}, 1, {before})) return {};
  return {{fault::upstream_changed,
           where(line) + " changes y.grad() itself: what it computes after that is wrong", 2}};
}

Findings later_call_changes(Subject& subject, const Point& other, Rng& rng) {
  const Tensor cotangent = normal(subject.value().shape(), 0, 1, rng);
  const Tensors alone = subject.pull_back(cotangent), after = subject.pull_back(cotangent, &other);
  if (is_multiple(after, 1, alone)) return {};
  return {{fault::stale,
           "a later call, with other arguments, changes the gradient of an earlier one: a value is "
           "saved where all calls share it",
           0}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
