// Pictures made smaller: the largest entry of every window, or their mean.
#pragma once

#include "autograd/operand.hpp"
#include "nn/module.hpp"
#include "nn/pictures/size2d.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct MaxPoolOptions {
  Size2d padding = 0;     ///< at most half of the kernel; no entry of it is ever the largest
  Size2d dilation = 1;    ///< from one entry of a window to the next
  bool ceil_mode = false; ///< a rest at the edges that fills no window gets one of its own
};

/// The largest entry of every window, windows `stride` apart (0: as far as the kernel is large). Of
/// equal entries the first gets the gradient, and NaN is larger than anything, as in PyTorch. A
/// window that sees nothing but padding is a ShapeError.
///
/// x: (B, C, H, W) -> (B, C, H', W') with
/// H' = (H + 2 padding - dilation (k - 1) - 1) / stride + 1, rounded down, or up in ceil_mode
///
///   Var y = max_pool2d(x, 3, 2, {.padding = 1}); // (8, 64, 112, 112) -> (8, 64, 56, 56)
Var max_pool2d(const Operand& x, Size2d kernel_size, Size2d stride = 0,
               const MaxPoolOptions& options = {});

struct AvgPoolOptions {
  Size2d padding = 0;            ///< zeros, at most half of the kernel
  bool ceil_mode = false;        ///< as above
  bool count_include_pad = true; ///< whether the padding counts as entries
};

/// The mean of every window. x: (B, C, H, W) -> (B, C, H', W'), as for max_pool2d
Var avg_pool2d(const Operand& x, Size2d kernel_size, Size2d stride = 0,
               const AvgPoolOptions& options = {});

/// The mean of windows that divide the picture into `size`, whatever its own size is: window i of n
/// reaches from entry i H / n, rounded down, to (i + 1) H / n, rounded up (as in PyTorch).
/// x: (B, C, H, W) -> (B, C, size.height, size.width)
Var adaptive_avg_pool2d(const Operand& x, Size2d size);

/// The mean of every channel (Lin et al. 2013, section 3.2). x: (B, C, H, W) -> (B, C)
Var global_avg_pool2d(const Operand& x);

namespace nn {

struct MaxPool2dOptions {
  Size2d kernel_size;
  Size2d stride = 0; ///< 0: the kernel's size
  Size2d padding = 0, dilation = 1;
  bool ceil_mode = false;
};

/// max_pool2d as a layer. Options out of range are a std::invalid_argument.
class MaxPool2d : public Module {
public:
  explicit MaxPool2d(const MaxPool2dOptions& options);
  /// x: (B, C, H, W) -> (B, C, H', W')
  Var operator()(const Operand& x) const;
  void visit(Visitor&) override {}

private:
  Size2d kernel_size_, stride_;
  MaxPoolOptions options_;
};

struct AvgPool2dOptions {
  Size2d kernel_size;
  Size2d stride = 0; ///< 0: the kernel's size
  Size2d padding = 0;
  bool ceil_mode = false, count_include_pad = true;
};

/// avg_pool2d as a layer. Options out of range are a std::invalid_argument.
class AvgPool2d : public Module {
public:
  explicit AvgPool2d(const AvgPool2dOptions& options);
  /// x: (B, C, H, W) -> (B, C, H', W')
  Var operator()(const Operand& x) const;
  void visit(Visitor&) override {}

private:
  Size2d kernel_size_, stride_;
  AvgPoolOptions options_;
};

/// adaptive_avg_pool2d as a layer.
class AdaptiveAvgPool2d : public Module {
public:
  explicit AdaptiveAvgPool2d(Size2d output_size);
  /// x: (B, C, H, W) -> (B, C, output_size)
  Var operator()(const Operand& x) const;
  void visit(Visitor&) override {}

private:
  Size2d size_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
