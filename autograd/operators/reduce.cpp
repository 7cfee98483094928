#include "autograd/operators/reduce.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
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

void need_entries(const char* op, const Operand& x, const Reduction& r) {
  if (r.count == 0) shape_error(op, {x}, "there is nothing to reduce");
}

Tensor sum_over(const Tensor& x, const Shape& kept) {
  Tensor total = zeros(kept);
  sum_into(total, x);
  return total;
}

} // namespace

//> sum
Var sum(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("sum", x, axes, keepdims);
  Var y{reshaped(sum_over(x.value(), r.kept), r.result)};
  return record("sum", y, {x}, [x, y, kept = r.kept] { x.grad() += reshaped(y.grad(), kept); });
}
//< sum

Var mean(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("mean", x, axes, keepdims);
  need_entries("mean", x, r);
  const real n = static_cast<real>(r.count);
  Var y{reshaped(sum_over(x.value(), r.kept), r.result) / n};
  return record("mean", y, {x},
                [x, y, n, kept = r.kept] { x.grad() += reshaped(y.grad(), kept) / n; });
}

Var max(const Operand& x, const Axes& axes, bool keepdims) {
  const Reduction r = plan("max", x, axes, keepdims);
  need_entries("max", x, r);
  Tensor largest = full(r.kept, -std::numeric_limits<real>::infinity());
  for_each_run(x.shape(), r.kept,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 for (std::size_t k = 0; k < n; ++k) {
                   real& best = largest.data()[j + k * step];
                   best = std::max(best, x.value().data()[i + k]);
                 }
               });
  const Tensor chosen = xt::equal(x.value(), largest); // 1 where the maximum stands, else 0
  note_branches(chosen.size(), [&](std::size_t i) { return chosen.data()[i] != 0; });
  Var y{reshaped(largest, r.result)};
  //> max-pull-back
  return record("max", y, {x}, [x, y, chosen, kept = r.kept] {
    const Tensor ties = sum_over(chosen, kept);
    x.grad() += chosen * (reshaped(y.grad(), kept) / ties);
  });
  //< max-pull-back
}

Var var(const Operand& x, const Axes& axes, bool keepdims, int correction) {
  const Reduction r = plan("var", x, axes, keepdims);
  need_entries("var", x, r);
  const real n = static_cast<real>(r.count), divisor = n - static_cast<real>(correction);
  if (divisor <= 0)
    shape_error("var", {x}, fmt::format("{} entries with correction {}", r.count, correction));
  //> var
  const Tensor mean = sum_over(x.value(), r.kept) / n;
  const Tensor centred = x.value() - mean;
  Var y{reshaped(sum_over(xt::square(centred), r.kept), r.result) / divisor};
  return record("var", y, {x}, [x, y, centred, divisor, kept = r.kept] {
    x.grad() += 2 / divisor * centred * reshaped(y.grad(), kept);
  });
  //< var
}

} // namespace tapestry::inline TAPESTRY_PRECISION
