// Recurrent code: the first axis of an argument is time, and gradients flow back from step to step.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"
#include "autograd/check/thresholds.hpp"
#include "autograd/check/diagnosis/time.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// How analytic and numeric compare in some rows and columns.
struct Block {
  bool right = true, zero = true, flat = true; // analytic = numeric, analytic = 0, numeric = 0
};

Block block(const Look& look, std::size_t a, std::size_t row, std::size_t rows, std::size_t column,
            std::size_t columns) {
  const Jacobian &analytic = look.analytic[a], &numeric = look.numeric[a];
  Block b;
  for (std::size_t r = row; r < row + rows; ++r)
    for (std::size_t c = column; c < column + columns; ++c) {
      const double error = tolerance(analytic, numeric, r, c);
      b.right = b.right && std::abs(analytic(r, c) - numeric(r, c)) <= error;
      b.zero = b.zero && analytic(r, c) == 0;
      b.flat = b.flat && std::abs(numeric(r, c)) <= error;
    }
  return b;
}

// Steps of the argument, and of the output if it has them.
struct TimeAxis {
  std::size_t count, width; // of the argument: steps, entries a step
  std::size_t rows;         // of the output: entries a step, or all
  bool output_has_steps, backward;
};

// Whether the output changes if the argument's steps are taken in the reverse order: not if it is a
// sum over them, a mean, a maximum.
bool order_matters(const Look& look, std::size_t a) {
  Point reversed = look.point;
  Tensor& x = reversed[a];
  const std::size_t n = x.shape()[0], width = x.size() / n;
  for (std::size_t s = 0; s < n; ++s)
    std::copy_n(look.point[a].data() + s * width, width, x.data() + (n - 1 - s) * width);
  look.subject->move_to(reversed);
  const Tensor y = look.subject->value();
  look.subject->move_to(look.point);
  if (y.shape() != look.output.shape()) return false;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (std::abs(double(y.data()[i]) - double(look.output.data()[i])) >
        limit::same_entry * std::abs(double(y.data()[i])) + limit::nothing)
      return true;
  return false;
}

// Blocks (t, s) say how output step t depends on argument step s. In a recurrent layer, all on one
// side of the diagonal are 0, and some on the other are not.
std::optional<TimeAxis> steps_of(const Look& look, std::size_t a) {
  const Jacobian& j = look.numeric[a];
  if (!j.whole || j.argument.size() < 2 || j.argument[0] < 2 || j.rows == 0) return {};
  const std::size_t n = j.argument[0], width = j.columns / n;
  if (!j.output.empty() && j.output[0] == n && j.output.size() >= 2) {
    const std::size_t rows = j.rows / n;
    bool later = false, earlier = false; // whether anything flows from later to earlier outputs ...
    for (std::size_t t = 0; t < n; ++t)
      for (std::size_t s = 0; s < n; ++s) {
        if (block(look, a, t * rows, rows, s * width, width).flat) continue;
        later = later || t < s;
        earlier = earlier || t > s;
      }
    if (later == earlier) return {}; // both: no time; none: a batch, or one thing entry by entry
    return TimeAxis{n, width, rows, true, later};
  }
  if (j.argument.size() == 3 && j.output.size() == 2 && j.output[0] == j.argument[1] &&
      order_matters(look, a))
    return TimeAxis{n, width, j.rows, false, false}; // (T, B, I) -> (B, H)
  return {};
}

// Of the steps back from an output step: up to which lag all is right, and whether all is 0 beyond.
struct Reach {
  std::size_t right;
  bool then_zero;
};

Reach reach(const Look& look, std::size_t a, const TimeAxis& steps) {
  std::vector<Block> by_lag(steps.count);
  for (std::size_t s = 0; s < steps.count; ++s)
    for (std::size_t t = 0; t < (steps.output_has_steps ? steps.count : 1); ++t) {
      const std::size_t end = steps.output_has_steps ? t : steps.count - 1;
      const Block b = block(look, a, steps.output_has_steps ? t * steps.rows : 0, steps.rows,
                            s * steps.width, steps.width);
      if (steps.backward ? s < end : s > end) {
        if (!b.right) return {0, false}; // a gradient from the wrong side
        continue;
      }
      Block& total = by_lag[steps.backward ? s - end : end - s];
      total = {total.right && b.right, total.zero && b.zero, total.flat && b.flat};
    }
  Reach r{0, true};
  while (r.right < by_lag.size() && by_lag[r.right].right) ++r.right;
  for (std::size_t lag = r.right; lag < by_lag.size(); ++lag)
    r.then_zero = r.then_zero && by_lag[lag].zero;
  return r;
}

// The lag after which an argument's gradient is cut off, at every look that is wrong; 0: it is not.
std::size_t cut_after(const Evidence& e, std::size_t a) {
  std::size_t lag = 0;
  for (const Look& look : e.looks) {
    if (!look.wrong(a)) continue;
    const auto steps = steps_of(look, a);
    if (!steps) return 0;
    const Reach r = reach(look, a, *steps);
    if (!r.then_zero || r.right == 0 || (lag != 0 && lag != r.right)) return 0;
    lag = r.right;
  }
  return lag;
}

// The output steps, from the first, whose gradients are right.
std::size_t right_outputs(const Look& look, std::size_t a, std::size_t steps) {
  const std::size_t rows = look.analytic[a].rows / steps;
  std::size_t right = 0;
  while (right < steps && block(look, a, right * rows, rows, 0, look.analytic[a].columns).right)
    ++right;
  return right;
}

} // namespace

bool Evidence::is_sequence(std::size_t a) const {
  return std::all_of(looks.begin(), looks.end(),
                     [&](const Look& look) { return steps_of(look, a).has_value(); });
}

// Right within a step, or a few, and nothing from before: the chain through time is cut.
Findings stops_in_time(const Evidence& e, std::size_t a) {
  if (e.is_sequence(a)) {
    const std::size_t lag = cut_after(e, a);
    if (lag == 0) return {};
    return {
        {fault::truncated,
         fmt::format("{} is right for {} and 0 for all before, where numeric is not: no gradient "
                     "flows back through the state",
                     e.name(a),
                     lag == 1 ? "the step of the output" : fmt::format("{} steps back", lag)),
         1}};
  }
  // An argument of all steps: right for the outputs that the cut does not reach.
  for (std::size_t b = 0; b < e.looks[0].point.size(); ++b) {
    if (b == a || !e.is_sequence(b)) continue;
    const std::size_t lag = cut_after(e, b);
    if (lag == 0) continue;
    for (const Look& look : e.looks) {
      const Shape& out = look.output.shape();
      if (!look.analytic[a].whole || out.empty()) return {};
      if (out[0] == look.point[b].shape()[0] && right_outputs(look, a, out[0]) < lag) return {};
    }
    return {{fault::truncated,
             fmt::format("the gradient of {} is cut off in time, and that of {} is right for the "
                         "first {} of the output",
                         e.name(b), e.name(a), lag == 1 ? "step" : fmt::format("{} steps", lag)),
             2}};
  }
  return {};
}

std::string step_by_step(const Evidence& e, std::size_t a) {
  if (!e.is_sequence(a)) return "";
  const Look& look = e.example(a);
  const TimeAxis steps = *steps_of(look, a);
  // what the last output step (the first, in a layer that runs backward) says about every step
  const std::size_t row =
      steps.output_has_steps && !steps.backward ? (steps.count - 1) * steps.rows : 0;
  for (std::size_t i = 0; i < steps.count; ++i) {
    const std::size_t s = steps.backward ? i : steps.count - 1 - i;
    if (block(look, a, row, steps.rows, s * steps.width, steps.width).right) continue;
    const std::string before = i == 0   ? "no step agrees before it"
                               : i == 1 ? "one step agrees before it"
                                        : fmt::format("{} steps agree before it", i);
    return fmt::format("{}: counted from the end, step {} of 0 to {} is the first that differs; {}",
                       e.name(a), s, steps.count - 1, before);
  }
  return "";
}

std::optional<Evidence> first_step(const Evidence& e) {
  Evidence first;
  bool any = false;
  for (std::size_t a = 0; a < e.looks[0].point.size(); ++a) any = any || e.is_sequence(a);
  if (!any) return {};
  for (const Look& look : e.looks) {
    std::optional<TimeAxis> steps;
    for (std::size_t a = 0; a < look.point.size(); ++a)
      if (e.is_sequence(a)) steps = steps_of(look, a);
    if (!steps || !steps->output_has_steps || steps->backward) return {};
    const std::size_t count = steps->count;
    const auto head = [&](const Tensor& x) { // step 0 of (T, ...), without the axis of time
      const Shape shape(x.shape().begin() + 1, x.shape().end());
      Tensor part = zeros(shape);
      std::copy_n(x.data(), part.size(), part.data());
      return part;
    };
    Look one = look;
    one.output = head(look.output);
    for (std::size_t a = 0; a < look.point.size(); ++a) {
      if (!look.numeric[a].whole) return {};
      const bool in_time = e.is_sequence(a);
      if (in_time) one.point[a] = head(look.point[a]);
      for (auto* j : {&one.numeric[a], &one.analytic[a]}) {
        Jacobian part = *j;
        part.output = one.output.shape();
        part.argument = one.point[a].shape();
        part.rows = j->rows / count;
        part.columns = in_time ? j->columns / count : j->columns;
        part.entries.clear(), part.errors.clear();
        for (std::size_t r = 0; r < part.rows; ++r)
          for (std::size_t c = 0; c < part.columns; ++c) {
            part.entries.push_back((*j)(r, c));
            part.errors.push_back(j->errors[r * j->columns + c]);
          }
        *j = part;
      }
      one.columns[a].resize(one.numeric[a].columns);
    }
    for (std::size_t k = 0; k < one.known.size(); ++k)
      if (one.known[k].dimension() == 3 && one.known[k].shape()[0] == count)
        one.known[k] = head(one.known[k]);
    first.looks.push_back(std::move(one));
  }
  return first;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
