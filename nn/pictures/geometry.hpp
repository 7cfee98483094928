// The sizes of one convolution.
#pragma once

#include "autograd/operand.hpp"
#include "nn/pictures/conv_options.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ConvGeometry {
  std::size_t batch, channels, height, width; // of x: (B, C, H, W)
  std::size_t outputs, kernel_h, kernel_w;    // of the weight: (O, C / groups, kh, kw)
  std::size_t out_h, out_w;                   // of y: (B, O, H', W')
  std::size_t groups, top, left;              // rows and columns of zeros before the picture
  Size2d stride, dilation;

  std::size_t channels_each() const { return channels / groups; } // of a group
  std::size_t outputs_each() const { return outputs / groups; }
  std::size_t taps() const { return kernel_h * kernel_w; }
  std::size_t patch() const { return channels_each() * taps(); } // numbers that one output sums up
  std::size_t plane() const { return height * width; }
  std::size_t pixels() const { return out_h * out_w; }
  std::size_t products() const { return batch * outputs * pixels() * patch(); }

  /// Every channel is a group of its own.
  bool depthwise() const { return groups > 1 && groups == channels; }
  /// A 1x1 kernel at every pixel: the columns are the picture itself.
  bool pointwise() const {
    return taps() == 1 && stride == Size2d(1) && top + left == 0 && pixels() == plane();
  }

  /// Checked, or the ShapeError of conv2d.
  ConvGeometry(const Operand& x, const Operand& weight, const Operand& bias, const ConvOptions& o);
};

/// How many windows fit beside each other: of `kernel` taps, `dilation` apart, every `stride`
/// entries, over `size` entries and the padding. 0 if not even one does.
std::size_t windows(std::size_t size, std::size_t padding, std::size_t kernel, std::size_t stride,
                    std::size_t dilation);

} // namespace tapestry::inline TAPESTRY_PRECISION
