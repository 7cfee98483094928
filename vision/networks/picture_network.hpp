// Networks that have learnt to name pictures, and what they know before they name them.
#pragma once

#include <array>

#include "autograd/operand.hpp"
#include "nn/module.hpp"
#include "nn/pictures/size2d.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A network in two halves: all convolutions, which end in a grid of features, and the classes that
/// it was trained to tell apart.
class PictureNetwork : public nn::Module {
public:
  /// pictures: (B, 3, H, W), scaled as its weights expect -> (B, features, h, w)
  virtual Var grid(const Operand& pictures) = 0;
  /// grid: (B, features, h, w) -> (B, classes)
  virtual Var logits(const Operand& grid) = 0;
  virtual std::size_t features() const = 0;
  virtual std::size_t classes() const = 0;
  /// Every batch normalisation becomes part of its convolution; for evaluation.
  virtual void fold() {}

  /// pictures: (B, 3, H, W) -> (B, classes)
  Var operator()(const Operand& pictures) { return logits(grid(pictures)); }
};

/// One vector a picture: the mean over the grid. grid: (B, C, h, w) -> (B, C)
Var picture_vectors(const Operand& grid);

/// One vector a region, rows of regions from the top. grid: (B, C, h, w) -> (B, h w, C)
Var region_vectors(const Operand& grid);
/// The same for as many regions as are asked for, each the mean over its part of the grid.
/// grid: (B, C, h, w) -> (B, regions.height * regions.width, C)
Var region_vectors(const Operand& grid, Size2d regions);

/// How pictures of numbers in [0, 1] are scaled before a network sees them: for red, green and
/// blue, (x - mean) / deviation.
struct InputScale {
  std::array<double, 3> mean, deviation;
  bool operator==(const InputScale&) const = default;
};
/// From -1 to 1: TensorFlow's networks.
constexpr InputScale symmetric_scale{{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
/// Mean 0 and variance 1 over ImageNet: torchvision's networks.
constexpr InputScale imagenet_scale{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};

/// pictures: (3, H, W) or (B, 3, H, W) in [0, 1] -> the same shape, scaled. Throws ShapeError.
Tensor scaled(const Tensor& pictures, const InputScale& scale);

} // namespace tapestry::inline TAPESTRY_PRECISION
