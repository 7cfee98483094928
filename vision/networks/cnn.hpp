// A small convolutional network that turns a picture into a vector.
#pragma once

#include "autograd/operand.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/pooling.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct CnnOptions {
  std::vector<std::size_t> channels = {16, 32, 64, 128}; ///< of the stages that see outlines
  std::vector<std::size_t> colour_channels = {32, 64};   ///< of the stages that see colours
  std::size_t side = 64;      ///< of the picture, in pixels: a multiple of 4
  std::size_t features = 256; ///< of the vector; a quarter of them are about colours
};

/// A 3x3 convolution, the maximum of every 2x2 cells, batch normalisation, and a ReLU. The maximum
/// comes first because it leaves the other two a quarter of the work.
class CnnStage : public nn::Module {
public:
  CnnStage(std::size_t in, std::size_t out, Rng& rng);

  /// x: (B, in, H, W) -> (B, out, H/2, W/2)
  Var operator()(const Operand& x);
  void visit(nn::Visitor& v) override;

private:
  nn::Conv2d conv_;
  nn::BatchNorm2d normalise_;
};

/// Stages that each halve the picture, then one linear layer over what is left of it. That last
/// grid of cells is kept, not averaged away: where a thing stands is half of what there is to say
/// about it.
class CnnPath : public nn::Module {
public:
  CnnPath(std::size_t in, std::size_t side, const std::vector<std::size_t>& channels,
          std::size_t features, Rng& rng);

  /// x: (B, in, side, side) -> (B, features)
  Var operator()(const Operand& x);
  void visit(nn::Visitor& v) override;

private:
  std::vector<CnnStage> stages_;
  nn::Linear project_;
};

/// Two paths that never meet: one sees the outlines, in which colours hardly show, the other a
/// picture a quarter the size, in which forms hardly show. So a form learnt in red is known in
/// white.
///
/// What all pictures have in common would drown what sets them apart, so each feature is normalised
/// over the batch at the end as well.
class Cnn : public nn::Module {
public:
  Cnn(const CnnOptions& options, Rng& rng);

  /// pictures: (B, 3, side, side) in [0, 1] -> (B, features)
  Var operator()(const Operand& pictures);
  void visit(nn::Visitor& v) override;

private:
  CnnPath outlines_, colours_;
  nn::BatchNorm1d normalise_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
