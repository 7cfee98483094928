#include "autograd/batching/segments.hpp"

#include <algorithm>
#include <vector>

#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

Var segments(const char* op, const Operand& x, std::span<const std::size_t> rows, bool mean) {
  const auto one = [](std::size_t n) { return n == 1; };
  if (std::all_of(rows.begin(), rows.end(), one)) return x;
  Tensor out = Tensor::from_shape(Shape{rows.size(), 1}); // (n, 1)
  const real* from = x.value().data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    real total = 0;
    for (std::size_t r = 0; r < rows[i]; ++r) total += *from++;
    out.data()[i] = mean ? total / static_cast<real>(rows[i]) : total;
  }
  Var y{std::move(out)};
  std::vector<std::size_t, PoolAllocator<std::size_t>> kept(rows.begin(), rows.end());
  return record(op, y, {x}, [x, y, mean, kept = std::move(kept)] {
    real* to = x.grad().data();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const real dy = y.grad().data()[i];
      const real share = mean ? dy / static_cast<real>(kept[i]) : dy;
      for (std::size_t r = 0; r < kept[i]; ++r) *to++ += share;
    }
  });
}

} // namespace

Var segment_sums(const Operand& x, std::span<const std::size_t> rows) {
  return segments("segment_sums", x, rows, false);
}

Var segment_means(const Operand& x, std::span<const std::size_t> rows) {
  return segments("segment_means", x, rows, true);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
