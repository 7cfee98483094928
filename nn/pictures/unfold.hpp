// The convolution to be read: a picture's patches as the columns of a matrix, and one product.
#pragma once

#include "autograd/operand.hpp"
#include "nn/pictures/conv_options.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct UnfoldOptions {
  Size2d stride = 1;
  Padding2d padding = 0; ///< rows and columns of zeros around the picture
  Size2d dilation = 1;   ///< from one tap of a patch to the next
};

/// What a kernel sees at each of its places, as a column ("im2col"; Chellapilla, Puri and Simard
/// 2006). Row (c kh + i) kw + j of column y W' + x is the number of channel c at row
/// y stride + i dilation - top and column x stride + j dilation - left, or 0 in the padding.
/// As PyTorch's unfold. x: (B, C, H, W) -> (B, C kh kw, H' W'), with H' and W' as for conv2d. A
/// ShapeError if the kernel is larger than the picture with its padding.
Var unfold(const Operand& x, Size2d kernel_size, const UnfoldOptions& options = {});

/// conv2d (nn/conv.hpp), put together from unfold, a product and a sum, without groups. It keeps
/// all columns, kh kw times the picture; conv2d makes some at a time.
/// x: (B, C, H, W), weight: (O, C, kh, kw), bias: (O) -> (B, O, H', W')
Var conv2d_composed(const Operand& x, const Operand& weight, const Operand& bias,
                    const UnfoldOptions& options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
