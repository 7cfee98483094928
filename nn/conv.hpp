// Convolution over pictures.
#pragma once

#include "autograd/operand.hpp"
#include "autograd/random.hpp"
#include "nn/module.hpp"
#include "nn/pictures/conv_options.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Cross-correlation, as every framework's "convolution": output (o, y, x) sums up, over channels c
/// and taps (i, j), weight(o, c, i, j) times the picture at row y stride + i dilation - padding and
/// column x stride + j dilation - padding.
///
/// x: (B, C, H, W), weight: (O, C / groups, kh, kw), bias: (O) -> (B, O, H', W') with
/// H' = (H + top + bottom - dilation (kh - 1) - 1) / stride + 1, rounded down, and W' alike.
/// With groups, output o sees the channels of group o / (O / groups) alone; with as many groups as
/// channels (Howard et al. 2017, "MobileNets") it is computed directly, without a matrix product.
///
/// A 3x3 kernel with a stride of 1, many channels and many pixels is applied by Winograd's tiles
/// (pictures/winograd.hpp): the same up to rounding, but NaN or an infinity in a picture reaches
/// the outputs beside those that see it, one more in each direction.
///
/// A ShapeError says which sizes do not fit. Beside its tensors it needs at most 16 copies of the
/// weight, and less than 2 MB a thread.
///
///   Rng rng(1);
///   Var x = constant(normal({8, 3, 32, 32}, 0, 1, rng));
///   Parameter w{"w", kaiming_uniform({16, 3, 3, 5}, rng)};
///   Var y = conv2d(x, w, {.stride = 2, .padding = {1, 2}}); // (8, 16, 16, 16)
Var conv2d(const Operand& x, const Operand& weight, const Operand& bias, ConvOptions options = {});
/// The same without a bias.
Var conv2d(const Operand& x, const Operand& weight, ConvOptions options = {});

namespace nn {

struct Conv2dOptions {
  std::size_t in_channels, out_channels;
  Size2d kernel_size, stride = 1;
  Padding2d padding = 0; ///< one number, {vertical, horizontal} or {top, bottom, left, right}
  Size2d dilation = 1;
  std::size_t groups = 1; ///< a divisor of both numbers of channels
  bool bias = true, relu = false;
};

/// A convolution with weights of its own; conv2d says what it computes. weight:
/// (out, in / groups, kh, kw), bias: (out), both from U(-a, a) with a = 1/sqrt(in / groups kh kw).
/// Before a batch normalisation, which takes each channel's mean out again, a bias can do nothing:
/// say `.bias = false`. Options out of range are a std::invalid_argument.
///
///   nn::Conv2d conv({.in_channels = 3, .out_channels = 16, .kernel_size = 3, .padding = 1}, rng);
///   nn::Conv2d each({.in_channels = 16, .out_channels = 16, .kernel_size = 3, .padding = 1,
///                    .groups = 16, .bias = false}, rng); // depthwise
///   Var y = each(conv(x)); // (B, 3, H, W) -> (B, 16, H, W)
class Conv2d : public Module {
public:
  Conv2d(const Conv2dOptions& options, Rng& rng);
  /// One with these weights. weight: (out, in / groups, kh, kw), bias: (out), else a ShapeError
  Conv2d(Tensor weight, Tensor bias, const ConvOptions& options);

  /// x: (B, in, H, W) -> (B, out, H', W')
  Var operator()(const Operand& x) const;
  void visit(Visitor& v) override;

  const ConvOptions& options() const { return options_; }
  bool has_bias() const { return has_bias_; }

  Parameter weight, bias;

private:
  ConvOptions options_;
  bool has_bias_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
