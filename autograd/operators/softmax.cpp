#include "autograd/operators/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/batching/segments.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/special.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

const auto larger = [](real a, real b) { return a > b ? a : b; };

//> shifted
// to = x - max(x): exp of it cannot overflow, and its largest entry is 1. x, to: (width)
void shift(const real* x, real* to, std::size_t width) {
  const real largest = fold_run(x, width, x[0], larger);
  for (std::size_t j = 0; j < width; ++j) to[j] = x[j] - largest;
}
//< shifted

// The sum of exp(x[0]) .. exp(x[width-1]), computed a few hundred at a time.
real sum_of_exps(const real* x, std::size_t width) {
  real e[256], total = 0;
  for (std::size_t begin = 0; begin < width; begin += 256) {
    const std::size_t n = std::min<std::size_t>(256, width - begin);
    for_lanes(n, [=, to = e](const auto& at) { at.store(to, exp_lanes(at.load(x + begin))); });
    total += sum_run(e, n);
  }
  return total;
}

// e = exp(e), divided by its sum. Returns the logarithm of the sum. e: (width)
real normalise(real* e, std::size_t width) {
  for_lanes(width, [=](const auto& at) { at.store(e, exp_lanes(at.load(e))); });
  const real total = sum_run(e, width);
  for (std::size_t j = 0; j < width; ++j) e[j] /= total;
  return std::log(total);
}

// Row r of y is softmax(x)'s, and x gets dx = y (dy - <dy, y>).
void softmax_pull_back(const Operand& x, const Var& y, const Rows& rows) {
  const real *const values = y.value().data(), *const grads = y.grad().data();
  real* const to = x.grad().data();
  for_each_row(rows, [=](std::size_t r) {
    //> softmax-pull-back
    const real* v = values + r * rows.width; // one row of y, of its gradient, and of x's
    const real* dy = grads + r * rows.width;
    real* dx = to + r * rows.width;
    const real dot = sum_terms(rows.width, [=](std::size_t j) { return dy[j] * v[j]; });
    for (std::size_t j = 0; j < rows.width; ++j) dx[j] += v[j] * (dy[j] - dot);
    //< softmax-pull-back
  });
}

// The same for y = log_softmax(x): dx = dy - softmax(x) sum(dy), and softmax(x) is exp(y).
void log_softmax_pull_back(const Operand& x, const Var& y, const Rows& rows) {
  const real *const values = y.value().data(), *const grads = y.grad().data();
  real* const to = x.grad().data();
  for_each_row(rows, [=](std::size_t r) {
    const real *const v = values + r * rows.width, *const dy = grads + r * rows.width;
    real* const dx = to + r * rows.width;
    const Lanes total(sum_run(dy, rows.width));
    for_lanes(rows.width, [=](const auto& at) {
      at.store(dx, at.load(dx) + at.load(dy) - exp_lanes(at.load(v)) * total);
    });
  });
}

} // namespace

Var softmax(const Operand& x) {
  const Rows rows = last_axis_rows("softmax", x);
  if (const auto y = batched("softmax", x, softmax)) return *y;
  Tensor p = Tensor::from_shape(x.shape());
  for_each_row(rows, [&, from = x.value().data(), to = p.data()](std::size_t r) {
    shift(from + r * rows.width, to + r * rows.width, rows.width);
    normalise(to + r * rows.width, rows.width);
  });
  Var y{std::move(p)};
  return record("softmax", y, {x}, [x, y, rows] { softmax_pull_back(x, y, rows); });
}

Var log_softmax(const Operand& x) {
  const Rows rows = last_axis_rows("log_softmax", x);
  if (const auto y = batched("log_softmax", x, log_softmax)) return *y;
  Tensor s = Tensor::from_shape(x.shape());
  for_each_row(rows, [&, from = x.value().data(), to = s.data()](std::size_t r) {
    real* row = to + r * rows.width;
    shift(from + r * rows.width, row, rows.width);
    const real log_total = std::log(sum_of_exps(row, rows.width));
    for (std::size_t j = 0; j < rows.width; ++j) row[j] -= log_total;
  });
  Var y{std::move(s)};
  return record("log_softmax", y, {x}, [x, y, rows] { log_softmax_pull_back(x, y, rows); });
}

namespace {

// The mask, repeated to x's shape. (...) -> (..., V)
Indices spread_mask(const char* op, const Operand& x, const Indices& mask) {
  const Shape given(mask.shape().begin(), mask.shape().end());
  const Operand shape_of_mask{constant(Tensor::from_shape(given)), x.caller()};
  if (broadcast_shape(op, x, shape_of_mask) != x.shape())
    shape_error(op, {x, shape_of_mask}, "the mask must broadcast to the first");
  Indices all = Indices::from_shape({x.shape().begin(), x.shape().end()});
  const BroadcastWalk walk(x.shape(), given, given);
  const std::size_t step = walk.p[0];
  for_each_run(walk, Written::big,
               [&, to = all.data()](std::size_t i, std::size_t j, std::size_t, std::size_t n) {
                 for (std::size_t k = 0; k < n; ++k) to[i + k] = mask.data()[j + k * step] != 0;
               });
  return all;
}

// row(x, flags, to) for every row of a masked softmax.
template <class Row>
Tensor masked_rows(const char* op, const Operand& x, const Indices& mask, const Rows& rows,
                   Row row) {
  const Indices flags = spread_mask(op, x, mask);
  Tensor out = Tensor::from_shape(x.shape());
  for_each_row(rows, [&](std::size_t r) {
    const std::size_t at = r * rows.width;
    row(x.value().data() + at, flags.data() + at, out.data() + at);
  });
  return out;
}

// The order of x's axes in which one of them and the last have changed places.
Axes swapped(const Operand& x, std::size_t axis) {
  Axes order(x.rank());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[axis], order.back());
  return order;
}

constexpr real none = -std::numeric_limits<real>::infinity(); // the logarithm of 0

// As shift, with -inf for what does not take part. Returns whether anything does. All: (width)
bool masked_shift(const real* x, const std::int32_t* flags, real* to, std::size_t width) {
  for (std::size_t j = 0; j < width; ++j) to[j] = flags[j] ? x[j] : none;
  const real largest = fold_run(to, width, to[0], larger);
  for (std::size_t j = 0; j < width; ++j) to[j] = flags[j] ? x[j] - largest : none;
  return std::find_if(flags, flags + width, [](auto f) { return f != 0; }) != flags + width;
}

} // namespace

Var softmax(const Operand& x, const Indices& mask) {
  const Rows rows = last_axis_rows("softmax", x);
  Var y{masked_rows("softmax", x, mask, rows,
                    [rows](const real* from, const std::int32_t* flags, real* to) {
                      if (masked_shift(from, flags, to, rows.width))
                        normalise(to, rows.width);
                      else
                        std::fill_n(to, rows.width, real{0});
                    })};
  return record("softmax", y, {x}, [x, y, rows] { softmax_pull_back(x, y, rows); });
}

Var log_softmax(const Operand& x, const Indices& mask) {
  const Rows rows = last_axis_rows("log_softmax", x);
  Var y{masked_rows("log_softmax", x, mask, rows,
                    [rows](const real* from, const std::int32_t* flags, real* to) {
                      if (!masked_shift(from, flags, to, rows.width)) return;
                      const real log_total = std::log(sum_of_exps(to, rows.width));
                      for (std::size_t j = 0; j < rows.width; ++j) to[j] -= log_total;
                    })};
  return record("log_softmax", y, {x}, [x, y, rows] {
    const real *const values = y.value().data(), *const grads = y.grad().data();
    real* const to = x.grad().data();
    for_each_row(rows, [=](std::size_t r) { // as log_softmax's; a masked entry's y is -inf and
                                            // still falls with the sum, as in PyTorch
      const real *const v = values + r * rows.width, *const dy = grads + r * rows.width;
      real* const dx = to + r * rows.width;
      const real total = sum_run(dy, rows.width);
      for (std::size_t j = 0; j < rows.width; ++j)
        if (v[j] != none) dx[j] += dy[j] - std::exp(v[j]) * total;
    });
  });
}

Var softmax(const Operand& x, int axis) {
  const std::size_t at = checked_axis("softmax", x, axis);
  if (at + 1 == x.rank()) return softmax(x);
  return transpose(Operand{softmax(Operand{transpose(x, swapped(x, at)), x.caller()}), x.caller()},
                   swapped(x, at));
}

Var log_softmax(const Operand& x, int axis) {
  const std::size_t at = checked_axis("log_softmax", x, axis);
  if (at + 1 == x.rank()) return log_softmax(x);
  return transpose(
      Operand{log_softmax(Operand{transpose(x, swapped(x, at)), x.caller()}), x.caller()},
      swapped(x, at));
}

void check_smoothing(const char* op, const Operand& logits, const CrossEntropyOptions& options) {
  if (!(options.label_smoothing >= 0 && options.label_smoothing <= 1))
    throw std::invalid_argument(
        fmt::format("{} at {}: label_smoothing is {}, expected a share, 0 to 1", op,
                    Inside::describe(logits.caller()), options.label_smoothing));
}

namespace {

// For several examples: the losses of all rows, and of each example's rows the mean. Not if a
// target is ignored or spread: then each example divides by another count.
std::optional<Var> batched_cross_entropy(const Operand& logits, const Indices& targets,
                                         const CrossEntropyOptions& options) {
  if (!batching() || targets.size() == 0 || options.label_smoothing != 0) return {};
  for (const std::int32_t t : targets)
    if (t == options.ignore_index) return {};
  return batched({.op = "cross_entropy",
                  .at = Inside::line(logits.caller()),
                  .shape = {},
                  .stacked = {logits},
                  .ids = &targets},
                 [](const Joined& all) {
                   const Caller at = all.x[0].caller();
                   const Operand log_p{log_softmax(all.x[0]), at}; // (N, V)
                   Indices column = all.ids;
                   column.reshape({all.ids.size(), std::size_t{1}});
                   const Operand picked{gather(log_p, 1, column), at}; // (N, 1)
                   return segment_means({-picked, at}, all.rows);
                 });
}

} // namespace

//> cross-entropy
Var cross_entropy(const Operand& logits, const Indices& targets, CrossEntropyOptions options) {
  check_smoothing("cross_entropy", logits, options);
  const Rows rows = last_axis_rows("cross_entropy", logits);
  const Shape wanted(logits.shape().begin(), logits.shape().end() - 1);
  const Shape given(targets.shape().begin(), targets.shape().end());
  if (given != wanted)
    shape_error("cross_entropy", {logits},
                fmt::format("targets are {}, expected {}", to_string(given), to_string(wanted)));
  if (const auto y = batched_cross_entropy(logits, targets, options)) return *y; // batching
  const real even = static_cast<real>(options.label_smoothing) / static_cast<real>(rows.width);
  const real sharp = 1 - static_cast<real>(options.label_smoothing);
  const auto ignored = [=](std::int32_t t) { return t == options.ignore_index; };

  for (std::int32_t t : targets)
    if (!ignored(t) && (t < 0 || static_cast<std::size_t>(t) >= rows.width))
      shape_error("cross_entropy", {logits}, fmt::format("target {} is not a class", t));

  Tensor p = Tensor::from_shape(logits.shape()), losses = Tensor::from_shape(Shape{rows.n});
  for_each_row(rows, [&](std::size_t r) {
    const std::int32_t t = targets.data()[r];
    real* row = p.data() + r * rows.width;
    shift(logits.value().data() + r * rows.width, row, rows.width);
    real score = ignored(t) ? real{0} : sharp * row[t];
    if (even != 0) score += even * sum_run(row, rows.width); // 0 times a masked class's -inf is NaN
    losses.data()[r] = normalise(row, rows.width) - score;
  });
  std::size_t counted = 0;
  double total = 0;
  for (std::size_t r = 0; r < rows.n; ++r)
    if (!ignored(targets.data()[r])) {
      total += losses.data()[r];
      ++counted;
    }
  const real n = static_cast<real>(std::max<std::size_t>(counted, 1));
  Var y{Tensor(static_cast<real>(total) / n)};
  return record("cross_entropy", y, {logits},
                [logits, y, p = std::move(p), targets = targets, ignored, rows, n, even, sharp] {
                  //> cross-entropy-pull-back
                  const real scale = y.grad().data()[0] / n;
                  for (std::size_t r = 0; r < rows.n; ++r) { // dlogits = (softmax - target) / n
                    const std::int32_t t = targets.data()[r];
                    if (ignored(t)) continue;
                    real* dx = logits.grad().data() + r * rows.width;
                    for (std::size_t j = 0; j < rows.width; ++j)
                      dx[j] += scale * (p.data()[r * rows.width + j] - even);
                    dx[t] -= scale * sharp;
                  }
                  //< cross-entropy-pull-back
                });
}
//< cross-entropy

} // namespace tapestry::inline TAPESTRY_PRECISION
