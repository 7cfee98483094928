#include "nn/pooling.hpp"

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

// One row of windows: out[x] = the largest entry of window x, winner[x] = where in the plane it
// stands. The tap of the window is the outer loop, so that the inner one has no branch.
template <std::size_t fixed_stride>
void pool_row(const real* plane, std::size_t begin, std::size_t width, std::size_t k,
              std::size_t given_stride, std::size_t n, real* out, std::int32_t* winner) {
  const std::size_t stride = fixed_stride ? fixed_stride : given_stride;
  for (std::size_t x = 0; x < n; ++x) {
    out[x] = plane[begin + x * stride];
    winner[x] = static_cast<std::int32_t>(begin + x * stride);
  }
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j)
      for (std::size_t x = 0; x < n; ++x) {
        const std::size_t at = begin + i * width + j + x * stride;
        const bool larger = plane[at] > out[x];
        out[x] = larger ? plane[at] : out[x];
        winner[x] = larger ? static_cast<std::int32_t>(at) : winner[x];
      }
}

} // namespace

//> max-pool
Var max_pool2d(const Operand& x, std::size_t k, std::size_t stride) {
  if (x.rank() != 4) shape_error("max_pool2d", {x}, "expected (B, C, H, W)");
  const std::size_t planes = x.shape()[0] * x.shape()[1], h = x.shape()[2], w = x.shape()[3];
  if (k == 0 || stride == 0 || k > h || k > w)
    shape_error("max_pool2d", {x}, fmt::format("no window of {0}x{0} with stride {1}", k, stride));
  const std::size_t out_h = (h - k) / stride + 1, out_w = (w - k) / stride + 1;

  Tensor out = Tensor::from_shape({x.shape()[0], x.shape()[1], out_h, out_w});
  Indices winner = Indices::from_shape(out.shape()); // where in its plane the largest entry stands
  const auto row = stride == 2 ? pool_row<2> : pool_row<0>;
  parallel_ranges(planes, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t r = begin * out_h; r < end * out_h; ++r)
      row(x.value().data() + r / out_h * h * w, r % out_h * stride * w, w, k, stride, out_w,
          out.data() + r * out_w, winner.data() + r * out_w);
  });
  note_branches(winner.size(), [&](std::size_t i) { return winner.data()[i]; });
  Var y{std::move(out)};
  return record("max_pool2d", y, {x}, [x, y, winner, planes, plane = h * w] {
    const std::size_t n = y.value().size() / std::max<std::size_t>(planes, 1);
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    parallel_ranges(planes, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t p = begin; p < end; ++p)
        for (std::size_t i = p * n; i < (p + 1) * n; ++i)
          dx[p * plane + static_cast<std::size_t>(winner.data()[i])] += dy[i];
    });
  });
}
//< max-pool

Var global_avg_pool2d(const Operand& x) {
  if (x.rank() != 4) shape_error("global_avg_pool2d", {x}, "expected (B, C, H, W)");
  return mean(x, {2, 3});
}

} // namespace tapestry::inline TAPESTRY_PRECISION
