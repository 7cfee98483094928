#include "autograd/operators/layer_norm.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Rows checked_rows(const Operand& x, const Operand& weight, const Operand& bias) {
  const Shape &s = x.shape(), &w = weight.shape();
  const std::size_t width = weight.value().size();
  if (w.empty() || w.size() > s.size() || !std::equal(w.rbegin(), w.rend(), s.rbegin()) ||
      bias.shape() != w || width == 0)
    shape_error("layer_norm", {x, weight, bias}, "expected (..., D) x (D) x (D) with D > 0");
  return {x.value().size() / width, width};
}

// to = (x - mean) / sqrt(variance + eps); returns the divisor's inverse. x, to: (width)
//
// A float sum of numbers near 10,000 is off by more than a unit in their last place, and so is the
// mean. So it is taken twice: what remains of the first one's error is the mean of the distances
// from it, which are small.
real standardise(const real* x, real* to, std::size_t width, double eps) {
  const real n = static_cast<real>(width), mean = sum_run(x, width) / n;
  for (std::size_t j = 0; j < width; ++j) to[j] = x[j] - mean;
  const real rest = sum_run(to, width) / n;
  for (std::size_t j = 0; j < width; ++j) to[j] -= rest;
  const real variance = sum_terms(width, [=](std::size_t j) { return to[j] * to[j]; }) / n;
  const real scale = 1 / std::sqrt(variance + static_cast<real>(eps));
  for (std::size_t j = 0; j < width; ++j) to[j] *= scale;
  return scale;
}

} // namespace

Var layer_norm(const Operand& x, const Operand& weight, const Operand& bias, double eps) {
  const Rows rows = checked_rows(x, weight, bias);
  Tensor standard = Tensor::from_shape(x.shape()); // (rows, width), kept
  Tensor scales = Tensor::from_shape(Shape{rows.n});
  Tensor out = Tensor::from_shape(x.shape());
  for_each_row(rows, [&, w = weight.value().data(), b = bias.value().data()](std::size_t r) {
    real *const s = standard.data() + r * rows.width, *const y = out.data() + r * rows.width;
    scales.data()[r] = standardise(x.value().data() + r * rows.width, s, rows.width, eps);
    for (std::size_t j = 0; j < rows.width; ++j) y[j] = s[j] * w[j] + b[j];
  });
  Var y{std::move(out)};
  return record(
      "layer_norm", y, {x, weight, bias},
      [x, weight, bias, y, rows, standard = std::move(standard), scales = std::move(scales)] {
        const std::size_t width = rows.width;
        if (bias.needs_grad()) sum_into(bias.grad(), y.grad());
        if (weight.needs_grad()) {
          const Tensor terms =
              combined(y.grad(), standard, y.shape(), [](real dy, real s) { return dy * s; });
          sum_into(weight.grad(), terms);
        }
        if (!x.needs_grad()) return;
        // With g = dy weight: dx = scale (g - mean(g) - s mean(g s)). Both means are taken away
        // because a shift of a row, and a stretch, leave y as it is.
        const real *const w = weight.value().data(), *const grads = y.grad().data();
        real* const to = x.grad().data();
        for_each_row(rows, [&, w, grads, to](std::size_t r) {
          const real *const dy = grads + r * width, *const s = standard.data() + r * width;
          real* const dx = to + r * width;
          const real n = static_cast<real>(width), scale = scales.data()[r];
          const real mean = sum_terms(width, [=](std::size_t j) { return dy[j] * w[j]; }) / n;
          const real along =
              sum_terms(width, [=](std::size_t j) { return dy[j] * w[j] * s[j]; }) / n;
          for (std::size_t j = 0; j < width; ++j)
            dx[j] += scale * (dy[j] * w[j] - mean - s[j] * along);
        });
      });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
