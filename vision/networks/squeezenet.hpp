// SqueezeNet (Iandola et al. 2016), version 1.1.
#pragma once

#include <array>

#include "nn/conv.hpp"
#include "vision/networks/picture_network.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct FireOptions {
  std::size_t in_channels, squeeze, expand1x1, expand3x3;
};

/// The paper's module (section 3.2): few 1x1 convolutions squeeze, then 1x1 and 3x3 ones side by
/// side expand. Each ends in a ReLU. torchvision's names: squeeze, expand1x1, expand3x3.
class Fire : public nn::Module {
public:
  Fire(const FireOptions& options, Rng& rng);

  /// x: (B, in, H, W) -> (B, expand1x1 + expand3x3, H, W)
  Var operator()(const Operand& x) const;
  void visit(nn::Visitor& v) override;

private:
  nn::Conv2d squeeze_, expand1x1_, expand3x3_;
};

struct SqueezeNetOptions {
  std::size_t num_classes = 1000;
};

/// torchvision's squeezenet1_1 and its names, but without its dropout. A picture of 224 x 224
/// pixels becomes a grid of 13 x 13 vectors of 512 features. There is no normalisation and no
/// linear layer: the classes are channels of a last convolution, averaged over the grid.
class SqueezeNet : public PictureNetwork {
public:
  SqueezeNet(const SqueezeNetOptions& options, Rng& rng);

  // pictures: (B, 3, H, W) -> (B, 512, h, w)
  Var grid(const Operand& pictures) override;
  // grid: (B, 512, h, w) -> (B, classes)
  Var logits(const Operand& grid) override;
  std::size_t features() const override { return classifier_.weight.shape()[1]; }
  std::size_t classes() const override { return classifier_.weight.shape()[0]; }
  void visit(nn::Visitor& v) override;

private:
  nn::Conv2d first_, classifier_;
  std::vector<Fire> fires_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
