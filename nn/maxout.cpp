#include "nn/maxout.hpp"

#include "autograd/operators/branches.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> maxout
Var maxout(const Operand& x) {
  if (x.rank() < 1 || x.shape().back() == 0 || x.shape().back() % 2 != 0)
    shape_error("maxout", {x}, "expected (..., 2K): pairs of entries");
  Tensor out = Tensor::from_shape(with_last(x.shape(), x.shape().back() / 2));
  const std::size_t n = out.size();
  parallel_entries(n, [from = x.value().data(), to = out.data()](std::size_t k) {
    const real a = from[2 * k], b = from[2 * k + 1];
    to[k] = a > b || a != a ? a : b; // NaN stays
  });
  const auto first = [from = x.value().data()](std::size_t k) {
    return from[2 * k] > from[2 * k + 1];
  };
  note_branches(n, first);
  Var y{std::move(out)};
  return record("maxout", y, {x}, [x, y, n] {
    parallel_entries(
        n, [from = x.value().data(), dx = x.grad().data(), dy = y.grad().data()](std::size_t k) {
          const real a = from[2 * k], b = from[2 * k + 1];
          const real share = a > b ? real{1} : a < b ? real{0} : real{0.5};
          dx[2 * k] += share * dy[k];
          dx[2 * k + 1] += (1 - share) * dy[k];
        });
  });
}
//< maxout

} // namespace tapestry::inline TAPESTRY_PRECISION
