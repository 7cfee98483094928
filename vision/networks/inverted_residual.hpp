// The block of MobileNetV2 (Sandler et al. 2018, "MobileNetV2: Inverted residuals and linear
// bottlenecks", section 3.3).
#pragma once

#include "vision/networks/conv_norm.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct InvertedResidualOptions {
  std::size_t in_channels, out_channels;
  std::size_t stride = 1;
  std::size_t expand_ratio = 6; ///< t in the paper; 1: no expansion
  PaddingRule padding = PaddingRule::torch;
  bool folded = false;
};

/// A 1x1 convolution to `expand_ratio` times as many channels, a 3x3 convolution of each channel by
/// itself, and a 1x1 convolution to few channels, after which nothing is cut: in few channels a
/// ReLU would lose too much. Where shapes allow it, the input is added. So what is wide lies inside
/// of the block, and what is added are the narrow ends: a residual block turned round.
class InvertedResidual : public nn::Module {
public:
  InvertedResidual(const InvertedResidualOptions& options, Rng& rng);

  /// x: (B, in, H, W) -> (B, out, H / stride, W / stride), rounded up
  Var operator()(const Operand& x);
  /// torchvision's names: conv.0.0 and conv.0.1 expand, conv.1.0 and conv.1.1 are depthwise, conv.2
  /// and conv.3 project; without an expansion, their numbers are one less.
  void visit(nn::Visitor& v) override;
  void fold();

private:
  std::optional<ConvNorm> expand_;
  ConvNorm depthwise_, project_;
  bool adds_input_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
