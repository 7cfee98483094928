#include "autograd/operators/cumsum.hpp"

#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var cumsum(const Operand& x, int axis) {
  const Blocks b = blocks(x.shape(), checked_axis("cumsum", x, axis));
  const std::size_t block = b.n * b.inner;
  Tensor out = x.value();
  for_each_row({b.outer, block}, [&, to = out.data()](std::size_t o) {
    real* rows = to + o * block; // (n, inner): each row and the one before it
    for (std::size_t i = b.inner; i < block; ++i) rows[i] += rows[i - b.inner];
  });
  Var y{std::move(out)};
  return record("cumsum", y, {x}, [x, y, b, block] {
    // x[i] is in y[i], y[i+1], ...: the sum runs backwards
    const real* const dy = y.grad().data();
    real* const dx = x.grad().data();
    for_each_row({b.outer, block}, [=](std::size_t o) {
      for (std::size_t j = 0; j < b.inner; ++j) {
        real total = 0;
        for (std::size_t i = b.n; i-- > 0;) {
          const std::size_t at = o * block + i * b.inner + j;
          total += dy[at];
          dx[at] += total;
        }
      }
    });
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
