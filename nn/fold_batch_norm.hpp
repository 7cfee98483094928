// A convolution and the batch normalisation behind it, as one convolution.
#pragma once

#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// What `norm` in evaluation makes of what `conv` computes, as a convolution with a bias: the
/// running statistics are constants then, and both are linear (Jacob et al. 2017, "Quantization and
/// training of neural networks for efficient integer-arithmetic-only inference", section 3.2). The
/// result has weights of its own. PyTorch: torch.nn.utils.fusion.fuse_conv_bn_eval.
///
/// A std::invalid_argument if the convolution cuts at 0 before the normalisation, or if their
/// channels differ.
///
///   nn::Conv2d both = nn::fold_batch_norm(conv, norm); // both(x) is norm(conv(x)), up to rounding
Conv2d fold_batch_norm(const Conv2d& conv, const BatchNorm2d& norm);

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
