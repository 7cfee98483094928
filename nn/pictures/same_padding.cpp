#include "nn/pictures/same_padding.hpp"

namespace tapestry {
namespace {

// Along one axis, before and behind together.
std::size_t same_total(std::size_t n, std::size_t kernel, std::size_t stride,
                       std::size_t dilation) {
  const std::size_t outputs = (n + stride - 1) / stride;
  const std::size_t seen = (outputs > 0 ? outputs - 1 : 0) * stride + (kernel - 1) * dilation + 1;
  return seen > n ? seen - n : 0;
}

} // namespace

Padding2d same_padding(Size2d size, Size2d kernel, Size2d stride, Size2d dilation) {
  const std::size_t h = same_total(size.height, kernel.height, stride.height, dilation.height);
  const std::size_t w = same_total(size.width, kernel.width, stride.width, dilation.width);
  return {h / 2, h - h / 2, w / 2, w - w / 2};
}

} // namespace tapestry
