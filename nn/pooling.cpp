#include "nn/pooling.hpp"

#include <limits>
#include <vector>

#include "autograd/operators/branches.hpp"
#include "autograd/tape.hpp"
#include "nn/pictures/options.hpp"
#include "nn/pictures/shares.hpp"
#include "nn/pictures/windows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// One tap of one row of windows: where out[x], the largest so far, is less than what the tap sees,
// that replaces it, and winner[x], the number of the entry in its plane. So does NaN, which is less
// than nothing. The tap is the outer loop, so that this one has no branch.
// from: the entry that the first window's tap sees, (n * stride)
template <std::size_t fixed_stride>
void pool_tap(const real* from, std::size_t at, std::size_t n, std::size_t given_stride, real* out,
              std::int32_t* winner) {
  const std::size_t stride = fixed_stride ? fixed_stride : given_stride;
  for (std::size_t x = 0; x < n; ++x) {
    const real value = from[x * stride];
    const bool replaces = value > out[x] || value != value;
    out[x] = replaces ? value : out[x];
    winner[x] = replaces ? static_cast<std::int32_t>(at + x * stride) : winner[x];
  }
}

// The windows first .. last-1 of a row see with one column of taps something that is no padding.
struct Reach {
  std::size_t first, last;
};
std::vector<Reach, PoolAllocator<Reach>> reaches(const PoolAxis& a) {
  std::vector<Reach, PoolAllocator<Reach>> all;
  for (std::size_t j = 0; j < a.kernel; ++j) {
    const std::size_t shift = j * a.dilation, end = a.size + a.padding;
    const std::size_t first = shift < a.padding ? (a.padding - shift + a.stride - 1) / a.stride : 0;
    const std::size_t last =
        shift < end ? std::min(a.count, (end - shift + a.stride - 1) / a.stride) : 0;
    all.push_back({first, std::max(first, last)});
  }
  return all;
}

// Row `oy` of the windows of one plane. plane: (H, W) -> out, winner: (W')
void pool_row(const PoolGeometry& g, const Reach* reach, const real* plane, std::size_t oy,
              real* out, std::int32_t* winner) {
  const PoolAxis &v = g.vertical, &h = g.horizontal;
  const auto tap = h.stride == 1 ? pool_tap<1> : h.stride == 2 ? pool_tap<2> : pool_tap<0>;
  const std::size_t top = v.entry(oy, v.first(oy)) * h.size;
  for (std::size_t x = 0; x < h.count; ++x) { // of a window of -inf, the first entry wins
    out[x] = -std::numeric_limits<real>::infinity();
    winner[x] = static_cast<std::int32_t>(top + h.entry(x, h.first(x)));
  }
  for (std::size_t i = v.first(oy); i < v.last(oy); ++i)
    for (std::size_t j = 0; j < h.kernel; ++j) {
      const auto [first, last] = reach[j];
      if (first == last) continue;
      const std::size_t at = v.entry(oy, i) * h.size + h.entry(first, j);
      tap(plane + at, at, last - first, h.stride, out + first, winner + first);
    }
}

} // namespace

//> max-pool
Var max_pool2d(const Operand& x, Size2d kernel, Size2d stride, const MaxPoolOptions& o) {
  const PoolGeometry g("max_pool2d", x, kernel, stride, o.padding, o.dilation, o.ceil_mode);
  const std::size_t plane = g.vertical.size * g.horizontal.size, rows = g.vertical.count,
                    columns = g.horizontal.count;
  Tensor out = Tensor::from_shape(g.result);
  Indices winner = Indices::from_shape(g.result); // where in its plane the largest entry stands
  const auto reach = reaches(g.horizontal);
  share_out(g.planes * rows, out.size() * kernel.height * kernel.width, worthwhile_steps,
            [&](std::size_t begin, std::size_t end) {
              for (std::size_t r = begin; r < end; ++r)
                pool_row(g, reach.data(), x.value().data() + r / rows * plane, r % rows,
                         out.data() + r * columns, winner.data() + r * columns);
            });
  note_branches(winner.size(), [&](std::size_t i) { return winner.data()[i]; });
  Var y{std::move(out)};
  return record("max_pool2d", y, {x}, [x, y, winner, g, plane] {
    //> max-pool-pull-back
    const std::size_t n = g.vertical.count * g.horizontal.count; // windows of a plane
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    share_out(g.planes, g.planes * n, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p)
        for (std::size_t i = p * n; i < (p + 1) * n; ++i)
          dx[p * plane + static_cast<std::size_t>(winner.data()[i])] += dy[i];
    });
    //< max-pool-pull-back
  });
}
//< max-pool

nn::MaxPool2d::MaxPool2d(const MaxPool2dOptions& o)
    : kernel_size_(o.kernel_size), stride_(o.stride), options_{o.padding, o.dilation, o.ceil_mode} {
  check_pool("MaxPool2d", o.kernel_size, o.stride, o.padding);
  check_option("MaxPool2d", "dilation", o.dilation, 1);
}

Var nn::MaxPool2d::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  return max_pool2d(x, kernel_size_, stride_, options_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
