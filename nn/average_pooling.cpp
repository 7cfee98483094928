// The poolings that take means; pooling.hpp says which.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/pictures/options.hpp"
#include "nn/pictures/shares.hpp"
#include "nn/pictures/windows.hpp"
#include "nn/pooling.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// A window along one axis: the entries begin .. end-1, for a mean over `count`.
struct Window {
  std::size_t begin, end, count;
};
using Windows = std::vector<Window, PoolAllocator<Window>>;

// The mean over every pair of windows. Rows are added up first, then in that one row the columns.
// x: (B, C, H, W) -> y: result, (B, C, rows.size(), columns.size())
Var mean_of_windows(const char* op, const Operand& x, const Shape& result, Windows rows,
                    Windows columns) {
  const std::size_t height = x.shape()[2], width = x.shape()[3];
  const std::size_t planes = x.shape()[0] * x.shape()[1], n = rows.size() * columns.size();
  std::size_t steps = 0; // of a plane
  for (const Window& r : rows) steps += (r.end - r.begin + 2) * width;

  Tensor out = Tensor::from_shape(result);
  share_out(planes, planes * steps, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
    std::vector<real, PoolAllocator<real>> sums(width);
    for (std::size_t p = begin; p < end; ++p) {
      const real* from = x.value().data() + p * height * width;
      real* to = out.data() + p * n;
      for (const Window& r : rows) {
        std::fill(sums.begin(), sums.end(), real{0});
        for (std::size_t y = r.begin; y < r.end; ++y)
          for (std::size_t i = 0; i < width; ++i) sums[i] += from[y * width + i];
        for (const Window& c : columns) {
          real total = 0;
          for (std::size_t i = c.begin; i < c.end; ++i) total += sums[i];
          *to++ = total / static_cast<real>(r.count * c.count);
        }
      }
    }
  });
  Var y{std::move(out)};
  return record(op, y, {x}, [x, y, rows, columns, planes, height, width, n, steps] {
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    share_out(planes, planes * steps, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
      std::vector<real, PoolAllocator<real>> shares(width);
      for (std::size_t p = begin; p < end; ++p) {
        const real* from = dy + p * n;
        real* to = dx + p * height * width;
        for (const Window& r : rows) {
          std::fill(shares.begin(), shares.end(), real{0});
          for (const Window& c : columns) {
            const real share = *from++ / static_cast<real>(r.count * c.count);
            for (std::size_t i = c.begin; i < c.end; ++i) shares[i] += share;
          }
          for (std::size_t row = r.begin; row < r.end; ++row)
            for (std::size_t i = 0; i < width; ++i) to[row * width + i] += shares[i];
        }
      }
    });
  });
}

// The windows of an axis. The last one may reach beyond the padding behind it (in ceil_mode): what
// is there never counts.
Windows windows_of(const PoolAxis& a, bool count_include_pad) {
  Windows all;
  for (std::size_t i = 0; i < a.count; ++i) {
    const std::size_t begin = i * a.stride; // in the padded axis
    const std::size_t end = std::min(begin + a.kernel, a.size + 2 * a.padding);
    const std::size_t first = std::max(begin, a.padding) - a.padding;
    const std::size_t last = std::min(end, a.size + a.padding) - a.padding;
    all.push_back({first, last, count_include_pad ? end - begin : last - first});
  }
  return all;
}

Windows adaptive_windows(std::size_t size, std::size_t count) {
  Windows all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * size / count, end = ((i + 1) * size + count - 1) / count;
    all.push_back({begin, end, end - begin});
  }
  return all;
}

} // namespace

Var avg_pool2d(const Operand& x, Size2d kernel, Size2d stride, const AvgPoolOptions& o) {
  const PoolGeometry g("avg_pool2d", x, kernel, stride, o.padding, 1, o.ceil_mode);
  return mean_of_windows("avg_pool2d", x, g.result, windows_of(g.vertical, o.count_include_pad),
                         windows_of(g.horizontal, o.count_include_pad));
}

Var adaptive_avg_pool2d(const Operand& x, Size2d size) {
  if (x.rank() != 4) shape_error("adaptive_avg_pool2d", {x}, "expected (B, C, H, W)");
  if (size.height == 0 || size.width == 0 || x.shape()[2] == 0 || x.shape()[3] == 0)
    shape_error("adaptive_avg_pool2d", {x},
                fmt::format("no windows of it for {} x {} means", size.height, size.width));
  return mean_of_windows(
      "adaptive_avg_pool2d", x, {x.shape()[0], x.shape()[1], size.height, size.width},
      adaptive_windows(x.shape()[2], size.height), adaptive_windows(x.shape()[3], size.width));
}

Var global_avg_pool2d(const Operand& x) {
  if (x.rank() != 4) shape_error("global_avg_pool2d", {x}, "expected (B, C, H, W)");
  return mean(x, {2, 3});
}

nn::AvgPool2d::AvgPool2d(const AvgPool2dOptions& o)
    : kernel_size_(o.kernel_size),
      stride_(o.stride), options_{o.padding, o.ceil_mode, o.count_include_pad} {
  check_pool("AvgPool2d", o.kernel_size, o.stride, o.padding);
}

Var nn::AvgPool2d::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  return avg_pool2d(x, kernel_size_, stride_, options_);
}

nn::AdaptiveAvgPool2d::AdaptiveAvgPool2d(Size2d output_size) : size_(output_size) {
  check_option("AdaptiveAvgPool2d", "output_size", output_size, 1);
}

Var nn::AdaptiveAvgPool2d::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  return adaptive_avg_pool2d(x, size_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
