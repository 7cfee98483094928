// A convolution, batch normalisation, and a cut: what the networks after 2015 are built of.
#pragma once

#include <optional>

#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Where the zeros around a picture stand. Weights that were trained with one of the two give worse
/// answers with the other.
enum class PaddingRule {
  torch,     ///< as many on all sides: half of what the kernel reaches
  tensorflow ///< "SAME": as same_padding has it
};

enum class Cut { none, relu, relu6 };

struct ConvNormOptions {
  std::size_t in_channels, out_channels;
  Size2d kernel_size = 1, stride = 1;
  std::size_t groups = 1;
  Cut cut = Cut::relu6;
  PaddingRule padding = PaddingRule::torch;
  bool folded = false; ///< one convolution with a bias instead of convolution and normalisation
};

/// Named as torchvision's Conv2dNormActivation: "0" the convolution, "1" the normalisation.
class ConvNorm : public nn::Module {
public:
  ConvNorm(const ConvNormOptions& options, Rng& rng);

  /// x: (B, in, H, W) -> (B, out, H / stride, W / stride), rounded up
  Var operator()(const Operand& x);
  void visit(nn::Visitor& v) override;

  /// The normalisation becomes part of the convolution: the same outputs in evaluation, for less
  /// work. If there is none any more, nothing happens.
  void fold();

  nn::Conv2d conv;
  std::optional<nn::BatchNorm2d> norm; ///< none when folded

private:
  Cut cut_;
  PaddingRule padding_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
