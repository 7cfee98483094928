// Pictures made smaller.
#pragma once

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The largest entry of every window of k by k, windows `stride` apart; a rest at the edges that
/// fills no window is left out. Of equal entries the first gets the gradient, as in PyTorch. x: (B,
/// C, H, W) -> (B, C, (H - k) / stride + 1, (W - k) / stride + 1)
Var max_pool2d(const Operand& x, std::size_t k, std::size_t stride);

/// The mean of every channel. x: (B, C, H, W) -> (B, C)
Var global_avg_pool2d(const Operand& x);

namespace nn {

struct MaxPool2dOptions {
  std::size_t kernel_size;
  std::size_t stride = 0; ///< 0: the kernel's size
};

class MaxPool2d : public Module {
public:
  explicit MaxPool2d(const MaxPool2dOptions& o)
      : k_(o.kernel_size), stride_(o.stride ? o.stride : o.kernel_size) {}
  Var operator()(const Operand& x) const { return max_pool2d(x, k_, stride_); }
  void visit(Visitor&) override {}

private:
  std::size_t k_, stride_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
