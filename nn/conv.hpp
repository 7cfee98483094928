// Convolution over pictures.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ConvOptions {
  std::size_t stride = 1, padding = 0;
  bool relu = false; ///< cut the result at 0 while it is still in the cache
};

/// Cross-correlation, as every framework's "convolution". x: (B, C, H, W), weight: (O, C, kh, kw),
/// bias: (O) -> (B, O, (H + 2 padding - kh) / stride + 1, (W + 2 padding - kw) / stride + 1)
Var conv2d(const Operand& x, const Operand& weight, const Operand& bias, ConvOptions options = {});
/// The same without a bias.
Var conv2d(const Operand& x, const Operand& weight, ConvOptions options = {});

namespace nn {

struct Conv2dOptions {
  std::size_t in_channels, out_channels, kernel_size;
  std::size_t stride = 1, padding = 0;
  bool bias = true, relu = false;
};

/// weight: (out, in, k, k), bias: (out), both from U(-a, a) with a = 1/sqrt(in k k). Before a batch
/// normalisation, which takes each channel's mean out again, a bias can do nothing: leave it away.
class Conv2d : public Module {
public:
  Conv2d(const Conv2dOptions& options, Rng& rng);

  /// x: (B, in, H, W) -> (B, out, H', W')
  Var operator()(const Operand& x) const;
  void visit(Visitor& v) override;

  Parameter weight, bias;

private:
  ConvOptions options_;
  bool has_bias_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
