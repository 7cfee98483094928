#include "nn/pictures/geometry.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {

std::size_t windows(std::size_t size, std::size_t padding, std::size_t kernel, std::size_t stride,
                    std::size_t dilation) {
  const std::size_t reach = (kernel - 1) * dilation + 1, all = size + padding;
  return reach > all ? 0 : (all - reach) / stride + 1;
}

ConvGeometry::ConvGeometry(const Operand& x, const Operand& w, const Operand& bias,
                           const ConvOptions& o) {
  const auto fail = [&](const std::string& problem) {
    shape_error("conv2d", {x, w, bias}, problem);
  };
  if (x.rank() != 4 || w.rank() != 4 || bias.rank() != 1)
    fail("expected (B, C, H, W) x (O, C / groups, kh, kw) x (O)");
  const Padding2d& p = o.padding;
  const std::size_t largest = std::numeric_limits<std::int32_t>::max();
  for (std::size_t n : {p.top, p.bottom, p.left, p.right, o.stride.height, o.stride.width,
                        o.dilation.height, o.dilation.width})
    if (n > largest)
      fail(fmt::format("stride, padding or dilation is {}", static_cast<std::int64_t>(n)));
  if (o.stride.height == 0 || o.stride.width == 0) fail("the stride is 0");
  if (o.dilation.height == 0 || o.dilation.width == 0) fail("the dilation is 0");

  batch = x.shape()[0], channels = x.shape()[1], height = x.shape()[2], width = x.shape()[3];
  outputs = w.shape()[0], kernel_h = w.shape()[2], kernel_w = w.shape()[3];
  groups = o.groups, stride = o.stride, dilation = o.dilation, top = p.top, left = p.left;
  if (groups == 0 || channels % groups != 0 || outputs % groups != 0)
    fail(fmt::format("{} channels and {} outputs do not fall into {} groups", channels, outputs,
                     groups));
  if (w.shape()[1] != channels_each())
    fail(groups == 1 ? fmt::format("{} channels, but the kernel has {}", channels, w.shape()[1])
                     : fmt::format("{} channels in {} groups, but the kernel has {}", channels,
                                   groups, w.shape()[1]));
  if (bias.shape()[0] != outputs)
    fail(fmt::format("{} outputs, but the bias has {}", outputs, bias.shape()[0]));
  if (taps() == 0) fail("the kernel is empty");
  out_h = windows(height, p.top + p.bottom, kernel_h, stride.height, dilation.height);
  out_w = windows(width, p.left + p.right, kernel_w, stride.width, dilation.width);
  if (out_h == 0 || out_w == 0)
    fail(fmt::format("the kernel is larger than the picture with its padding of ({}, {}, {}, {})",
                     p.top, p.bottom, p.left, p.right));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
