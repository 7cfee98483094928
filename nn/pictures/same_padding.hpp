// TensorFlow's rule for the padding of a convolution.
#pragma once

#include "nn/pictures/size2d.hpp"

namespace tapestry {

/// "SAME": so much padding that an axis of n entries gives n / stride outputs, rounded up. Half of
/// it comes before the axis and half behind; of an odd number, the one more comes behind. It
/// depends on the picture's size: a 3x3 kernel with a stride of 2 gets (0, 1) on 224 entries and
/// (1, 1) on 225, where PyTorch's `.padding = 1` is (1, 1) on both.
Padding2d same_padding(Size2d size, Size2d kernel, Size2d stride, Size2d dilation = 1);

} // namespace tapestry
