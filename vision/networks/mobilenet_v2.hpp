// MobileNetV2 (Sandler et al. 2018, table 2).
#pragma once

#include <vector>

#include "nn/linear.hpp"
#include "vision/networks/inverted_residual.hpp"
#include "vision/networks/picture_network.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct MobileNetV2Options {
  std::size_t num_classes = 1000;
  double width_mult = 1; ///< all numbers of channels times this, rounded to multiples of 8
  PaddingRule padding = PaddingRule::torch;
  bool folded = false; ///< made without batch normalisation, for weights that are folded already
};

/// torchvision's mobilenet_v2 and its names, features.0.0.weight to classifier.1.bias, but without
/// the dropout before the classes, which evaluation does not have. A picture of 224 x 224 pixels
/// becomes a grid of 7 x 7 vectors of 1280 features.
class MobileNetV2 : public PictureNetwork {
public:
  MobileNetV2(const MobileNetV2Options& options, Rng& rng);

  // pictures: (B, 3, H, W) -> (B, 1280, H / 32, W / 32)
  Var grid(const Operand& pictures) override;
  /// What every layer makes of the pictures, from features.0 on; grid() is the last of them.
  // pictures: (B, 3, H, W) -> 19 of (B, C_i, H_i, W_i)
  std::vector<Var> stages(const Operand& pictures);
  // grid: (B, 1280, h, w) -> (B, classes)
  Var logits(const Operand& grid) override;
  std::size_t features() const override { return classifier_.weight.shape()[1]; }
  std::size_t classes() const override { return classifier_.weight.shape()[0]; }
  void fold() override;
  void visit(nn::Visitor& v) override;

private:
  ConvNorm first_, last_;
  std::vector<InvertedResidual> blocks_;
  nn::Linear classifier_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
