#include "autograd/operators/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/batching/segments.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/special.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What a reduction turns x's shape into.
struct Reduction {
  Shape kept;        // with 1 for every reduced axis
  Shape result;      // kept, or without the reduced axes
  std::size_t count; // entries of x that go into one entry of the result
};

Reduction plan(const char* op, const Operand& x, const Axes& axes, bool keepdims) {
  Reduction r{x.shape(), {}, 1};
  Shape reduced(x.rank(), axes.empty() ? 1 : 0); // 1 for every reduced axis
  for (int axis : axes) {
    const std::size_t i = checked_axis(op, x, axis);
    if (reduced[i]) shape_error(op, {x}, fmt::format("axis {} is named twice", axis));
    reduced[i] = 1;
  }
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (reduced[i]) {
      r.count *= x.shape()[i];
      r.kept[i] = 1;
    }
    if (!reduced[i] || keepdims) r.result.push_back(r.kept[i]);
  }
  return r;
}

Tensor sum_over(const Tensor& x, const Shape& kept) {
  Tensor total = zeros(kept);
  sum_into(total, x);
  return total;
}

// For several examples: of each row, and then of the rows of each.
std::optional<Var> batched_total(const char* op, const Operand& x, const Axes& axes, bool keepdims,
                                 Var (*of_row)(const Operand&, const Axes&, bool),
                                 Var (*of_rows)(const Operand&, std::span<const std::size_t>)) {
  if (!batching() || !axes.empty() || keepdims || x.value().size() == 0) return {};
  return batched({.op = op, .at = Inside::line(x.caller()), .shape = {}, .stacked = {x}},
                 [=](const Joined& all) {
                   const Caller at = all.x[0].caller();
                   return of_rows({of_row(all.x[0], {1}, true), at}, all.rows);
                 });
}

} // namespace

//> sum
Var sum(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("sum", x, axes, keepdims);
  if (auto y = batched_total("sum", x, axes, keepdims, sum, segment_sums)) return *y; // batching
  Var y{reshaped(sum_over(x.value(), r.kept), r.result)};
  return record("sum", y, {x}, [x, y, kept = r.kept] { spread_into(x.grad(), y.grad(), kept); });
}
//< sum

Var mean(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("mean", x, axes, keepdims);
  if (auto y = batched_total("mean", x, axes, keepdims, mean, segment_means)) return *y;
  const real n = static_cast<real>(r.count);
  Var y{reshaped(sum_over(x.value(), r.kept), r.result) / n};
  return record("mean", y, {x}, [x, y, n, kept = r.kept] {
    const Tensor share = y.grad() / n;
    spread_into(x.grad(), share, kept);
  });
}

namespace {

// The extreme entries over what `kept` has ones for. What is not a number wins against everything,
// so that it is not lost. x: (...) -> kept
template <class Wins> Tensor best_of(const Tensor& x, const Shape& kept, Wins wins) {
  const real infinity = std::numeric_limits<real>::infinity();
  const auto better = [wins](real a, real b) { return wins(a, b) || a != a ? a : b; };
  Tensor best = full(kept, wins(infinity, -infinity) ? -infinity : infinity);
  real* to = best.data();
  const real* from = x.data();
  for_each_run(x.shape(), kept, [=](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
    if (step == 0)
      to[j] = better(fold_run(from + i, n, to[j], better), to[j]);
    else
      for (std::size_t k = 0; k < n; ++k) to[j + k] = better(from[i + k], to[j + k]);
  });
  return best;
}

Tensor finite_or_zero(Tensor x) {
  for (real& v : x.storage())
    if (std::isinf(v)) v = 0;
  return x;
}

// max and min.
template <class Wins>
Var extreme(const char* op, const Operand& x, const Axes& axes, bool keepdims, Wins wins) {
  const Reduction r = plan(op, x, axes, keepdims);
  if (r.count == 0) shape_error(op, {x}, "there is nothing to reduce");
  const Tensor best = best_of(x.value(), r.kept, wins);
  const auto is = [](real a, real b) { return a == b ? real{1} : real{0}; };
  if (BranchWatch::current()) {
    const Tensor chosen = combined(x.value(), best, x.shape(), is);
    note_branches(chosen.size(), [&](std::size_t i) { return chosen.data()[i] != 0; });
  }
  Var y{reshaped(best, r.result)};
  //> max-pull-back
  return record(op, y, {x}, [x, y, is, kept = r.kept] {
    const Tensor extremes = reshaped(y.value(), kept);
    const Tensor chosen = combined(x.value(), extremes, x.shape(), is); // 1 where it stands, else 0
    const Tensor share = reshaped(y.grad(), kept) / sum_over(chosen, kept);
    combine_into(x.grad(), chosen, share, [](real c, real dy) { return c * dy; });
  });
  //< max-pull-back
}

} // namespace

Var max(const Operand& x, const Axes& axes, bool keepdims) {
  return extreme("max", x, axes, keepdims, [](real a, real b) { return a > b; });
}

Var min(const Operand& x, const Axes& axes, bool keepdims) {
  return extreme("min", x, axes, keepdims, [](real a, real b) { return a < b; });
}

Var var(const Operand& x, const Axes& axes, bool keepdims, int correction) {
  const Reduction r = plan("var", x, axes, keepdims);
  const real n = static_cast<real>(r.count);
  real divisor = n - static_cast<real>(correction);
  if (r.count == 0)
    divisor = std::numeric_limits<real>::quiet_NaN(); // whatever the correction
  else if (divisor <= 0)
    shape_error("var", {x}, fmt::format("{} entries with correction {}", r.count, correction));
  //> var
  const Tensor mean = sum_over(x.value(), r.kept) / n;
  Tensor centred = combined(x.value(), mean, x.shape(), [](real v, real m) { return v - m; });
  const Tensor squares = sum_over(xt::square(centred), r.kept);
  Var y{reshaped(squares, r.result) / divisor};
  return record("var", y, {x}, [x, y, centred = std::move(centred), divisor, kept = r.kept] {
    const Tensor factor = 2 / divisor * reshaped(y.grad(), kept);
    combine_into(x.grad(), centred, factor, [](real c, real f) { return c * f; });
  });
  //< var
}

Var logsumexp(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("logsumexp", x, axes, keepdims);
  if (r.count == 0) shape_error("logsumexp", {x}, "there is nothing to reduce");
  //> log-sum-exp
  const auto minus = [](real v, real m) { return v - m; };
  const Tensor shift =
      finite_or_zero(best_of(x.value(), r.kept, [](real a, real b) { return a > b; }));
  const Tensor exps = exp_of(combined(x.value(), shift, x.shape(), minus));
  const Tensor logs = log_of(sum_over(exps, r.kept));
  Var y{reshaped(logs + shift, r.result)};
  return record("logsumexp", y, {x}, [x, y, minus, kept = r.kept] {
    // The slope is softmax's, exp(x - y). Where y is -inf so is every x, and the slope is taken as
    // 0.
    Tensor totals = reshaped(y.value(), kept);
    for (real& v : totals.storage())
      if (v == -std::numeric_limits<real>::infinity()) v = 0;
    Tensor slopes = exp_of(combined(x.value(), totals, x.shape(), minus));
    // y is large beside its last digits' share in the slopes: they add up to 1 only nearly.
    const Tensor sums = sum_over(slopes, kept);
    slopes = combined(slopes, sums, x.shape(), [](real s, real t) { return t > 0 ? s / t : s; });
    const Tensor dy = reshaped(y.grad(), kept);
    combine_into(x.grad(), slopes, dy, [](real s, real d) { return s * d; });
  });
  //< log-sum-exp
}

} // namespace tapestry::inline TAPESTRY_PRECISION
