#include "autograd/operators/softmax.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct Rows {
  std::size_t n, width;
};

Rows rows_of(const char* op, const Operand& x) {
  if (x.rank() < 1 || x.shape().back() == 0) shape_error(op, {x}, "expected (..., V) with V > 0");
  return {x.value().size() / x.shape().back(), x.shape().back()};
}

//> shifted
// x - max(x) row by row: exp of it cannot overflow, and its largest entry is 1.
Tensor shifted(const Tensor& x, const Rows& rows) {
  Tensor s = Tensor::from_shape(x.shape());
  for (std::size_t r = 0; r < rows.n; ++r) {
    const real* from = x.data() + r * rows.width;
    const real largest = *std::max_element(from, from + rows.width);
    for (std::size_t j = 0; j < rows.width; ++j) s.data()[r * rows.width + j] = from[j] - largest;
  }
  return s;
}
//< shifted

using Logs = std::vector<real, PoolAllocator<real>>;

// Divides every row of e by its sum; returns the logarithms of the sums.
Logs normalise(Tensor& e, const Rows& rows) {
  Logs log_sums(rows.n);
  for (std::size_t r = 0; r < rows.n; ++r) {
    real* row = e.data() + r * rows.width;
    const real total = sum_run(row, rows.width);
    log_sums[r] = std::log(total);
    for (std::size_t j = 0; j < rows.width; ++j) row[j] /= total;
  }
  return log_sums;
}

} // namespace

Var softmax(const Operand& x) {
  const Rows rows = rows_of("softmax", x);
  Tensor p = xt::exp(shifted(x.value(), rows));
  normalise(p, rows);
  Var y{std::move(p)};
  return record("softmax", y, {x}, [x, y, rows] {
    //> softmax-pull-back
    for (std::size_t r = 0; r < rows.n; ++r) { // dx = y (dy - <dy, y>)
      const real* v = y.value().data() + r * rows.width;
      const real* dy = y.grad().data() + r * rows.width;
      real* dx = x.grad().data() + r * rows.width;
      real dot = 0;
      for (std::size_t j = 0; j < rows.width; ++j) dot += dy[j] * v[j];
      for (std::size_t j = 0; j < rows.width; ++j) dx[j] += v[j] * (dy[j] - dot);
    }
    //< softmax-pull-back
  });
}

Var log_softmax(const Operand& x) {
  const Rows rows = rows_of("log_softmax", x);
  Tensor s = shifted(x.value(), rows);
  Tensor p = xt::exp(s);
  const Logs log_sums = normalise(p, rows);
  for (std::size_t r = 0; r < rows.n; ++r)
    for (std::size_t j = 0; j < rows.width; ++j) s.data()[r * rows.width + j] -= log_sums[r];
  Var y{std::move(s)};
  return record("log_softmax", y, {x}, [x, y, p, rows] {
    for (std::size_t r = 0; r < rows.n; ++r) { // dx = dy - softmax(x) sum(dy)
      const real* dy = y.grad().data() + r * rows.width;
      real* dx = x.grad().data() + r * rows.width;
      const real total = sum_run(dy, rows.width);
      for (std::size_t j = 0; j < rows.width; ++j)
        dx[j] += dy[j] - p.data()[r * rows.width + j] * total;
    }
  });
}

//> cross-entropy
Var cross_entropy(const Operand& logits, const Indices& targets, CrossEntropyOptions options) {
  const Rows rows = rows_of("cross_entropy", logits);
  const Shape wanted(logits.shape().begin(), logits.shape().end() - 1);
  const Shape given(targets.shape().begin(), targets.shape().end());
  if (given != wanted)
    shape_error("cross_entropy", {logits},
                fmt::format("targets are {}, expected {}", to_string(given), to_string(wanted)));
  const real even = static_cast<real>(options.label_smoothing) / static_cast<real>(rows.width);
  const real sharp = 1 - static_cast<real>(options.label_smoothing);
  const auto ignored = [=](std::int32_t t) { return t == options.ignore_index; };

  const Tensor s = shifted(logits.value(), rows);
  Tensor p = xt::exp(s);
  const Logs log_sums = normalise(p, rows);
  std::size_t counted = 0;
  double total = 0;
  for (std::size_t r = 0; r < rows.n; ++r) {
    const std::int32_t t = targets.data()[r];
    if (ignored(t)) continue;
    if (t < 0 || static_cast<std::size_t>(t) >= rows.width)
      shape_error("cross_entropy", {logits}, fmt::format("target {} is not a class", t));
    const real* row = s.data() + r * rows.width;
    total += log_sums[r] - sharp * row[t];
    if (even != 0) total -= even * sum_run(row, rows.width); // 0 times a masked class's -inf is NaN
    ++counted;
  }
  const real n = static_cast<real>(std::max<std::size_t>(counted, 1));
  Var y{Tensor(static_cast<real>(total) / n)};
  return record("cross_entropy", y, {logits}, [=] {
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
