#include "nn/pictures/windows.hpp"

#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// How many windows there are; 0 if not even one fits. In ceil_mode one more if there is a rest, as
// long as it begins on the axis or in the padding before it.
std::size_t count_of(const PoolAxis& a, bool ceil_mode) {
  const std::size_t reach = (a.kernel - 1) * a.dilation + 1, all = a.size + 2 * a.padding;
  if (reach > all) return 0;
  const std::size_t rest = all - reach;
  std::size_t count = rest / a.stride + 1;
  if (ceil_mode && rest % a.stride != 0 && count * a.stride < a.size + a.padding) ++count;
  return count;
}

} // namespace

PoolGeometry::PoolGeometry(const char* op, const Operand& x, Size2d kernel, Size2d stride,
                           Size2d padding, Size2d dilation, bool ceil_mode) {
  const auto fail = [&](const std::string& problem) { shape_error(op, {x}, problem); };
  const auto text = [](Size2d s) { return fmt::format("{} x {}", s.height, s.width); };
  if (x.rank() != 4) fail("expected (B, C, H, W)");
  const std::size_t most = std::numeric_limits<std::int32_t>::max();
  for (const Size2d& s : {kernel, stride, padding, dilation})
    if (s.height > most || s.width > most) fail("kernel, stride, padding or dilation is no size");
  if (stride == Size2d(0)) stride = kernel;
  if (kernel.height == 0 || kernel.width == 0) fail(fmt::format("a kernel of {}", text(kernel)));
  if (stride.height == 0 || stride.width == 0) fail(fmt::format("a stride of {}", text(stride)));
  if (dilation.height == 0 || dilation.width == 0)
    fail(fmt::format("a dilation of {}", text(dilation)));
  if (2 * padding.height > kernel.height || 2 * padding.width > kernel.width)
    fail(fmt::format("a padding of {}, expected at most half of the kernel, {}", text(padding),
                     text(kernel)));
  planes = x.shape()[0] * x.shape()[1];
  vertical = {x.shape()[2], kernel.height, stride.height, padding.height, dilation.height, 0};
  horizontal = {x.shape()[3], kernel.width, stride.width, padding.width, dilation.width, 0};
  for (PoolAxis* axis : {&vertical, &horizontal}) {
    axis->count = count_of(*axis, ceil_mode);
    if (axis->count == 0)
      fail(fmt::format("no window of {} with stride {}", text(kernel), text(stride)));
    for (std::size_t i = 0; i < axis->count; ++i)
      if (axis->first(i) >= axis->last(i)) fail("a window lies in the padding");
  }
  if (vertical.size > 0 && horizontal.size > most / vertical.size)
    fail(fmt::format("a plane of more than {} entries", most));
  result = {x.shape()[0], x.shape()[1], vertical.count, horizontal.count};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
