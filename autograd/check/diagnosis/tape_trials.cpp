#include "autograd/check/diagnosis/tape_trials.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Tensors = std::vector<Tensor>;

constexpr double close = sizeof(real) == 8 ? 1e-9 : 1e-3;
constexpr std::size_t longest_tape = 400; // longer ones are not experimented on

Tensor times(real k, const Tensor& x) {
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
  const double allowed = close * (largest(a) + std::abs(k) * largest(b));
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

// One record and the gradients around it.
class Trial {
public:
  Trial(Tape& tape, std::size_t record)
      : tape_(tape), record_(record), output_(tape.line(record).output) {
    for (const Var& x : tape.line(record).inputs) {
      const bool seen = std::any_of(inputs_.begin(), inputs_.end(),
                                    [&](const Var& other) { return &other.grad() == &x.grad(); });
      if (x.needs_grad() && !seen) inputs_.push_back(x);
    }
    arriving = output_.grad();
    for (const Var& x : inputs_) lying.push_back(x.grad());
  }

  // What the pull-back leaves when `upstream` arrives and `preset` lies there.
  Tensors run(const Tensor& upstream, const Tensors& preset) const {
    output_.grad() = upstream;
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].grad() = preset[i];
    tape_.pull_back(record_);
    Tensors left;
    for (const Var& x : inputs_) left.push_back(x.grad());
    return left;
  }
  Tensors pull(real k) const { return run(times(k, arriving), nothing()); }
  Tensors nothing() const {
    Tensors all;
    for (const Var& x : inputs_) all.push_back(zeros(x.shape()));
    return all;
  }
  const Var& output() const { return output_; }

  Tensor arriving;
  Tensors lying;

private:
  Tape& tape_;
  std::size_t record_;
  Var output_;
  std::vector<Var> inputs_;
};

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
      if (std::abs(moved - (more - before)) <= close * 10 * size) continue; // adds, or is silent
      if (std::abs(moved) > close * 10 * size) return {};                   // something else
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

constexpr real many = 1 << 16; // a power of two rounds nothing

// The derivative of a function is linear in what arrives, whatever the function.
std::optional<Finding> not_linear(const Trial& trial, const std::string& op) {
  const Tensors once = trial.pull(1), none = trial.pull(0);
  const Tensors more = trial.pull(many), negative = trial.pull(-1);
  if (is_multiple(more, many, once) && is_multiple(negative, -1, once) && largest(none) == 0)
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
  if (!y.needs_grad() || tape.size() > longest_tape) return found;
  tape.begin_backward(y, normal(y.shape(), 0, 1, rng));
  for (std::size_t i = tape.size(); i-- > 0;) {
    if (!tape.line(i).output.has_grad()) continue;
    const Trial trial(tape, i);
    const std::string op = where(tape.line(i));
    std::optional<Finding> finding = overwrites(trial, op, rng);
    if (!finding) finding = not_linear(trial, op);
    if (finding) add_once(found, *finding);
    (void)trial.run(trial.arriving, trial.lying); // as the records before it expect it
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
