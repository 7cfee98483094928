// The block of a residual network (He et al. 2016, "Deep residual learning for image recognition",
// section 3).
#pragma once

#include "vision/networks/conv_norm.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct BasicBlockOptions {
  std::size_t in_channels, out_channels;
  std::size_t stride = 1;
};

/// Two 3x3 convolutions, whose result is added to the input (or, where the sizes differ, to a 1x1
/// convolution of it): they learn what to change, and the gradient finds a way around them.
/// torchvision's BasicBlock, and its names: conv1, bn1, conv2, bn2, downsample.0, downsample.1.
class BasicBlock : public nn::Module {
public:
  BasicBlock(const BasicBlockOptions& options, Rng& rng);

  /// x: (B, in, H, W) -> (B, out, H / stride, W / stride), rounded up
  Var operator()(const Operand& x);
  void visit(nn::Visitor& v) override;

private:
  ConvNorm first_, second_;
  std::optional<ConvNorm> downsample_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
