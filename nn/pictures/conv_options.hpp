// How a convolution moves over its picture.
#pragma once

#include "nn/pictures/size2d.hpp"

namespace tapestry {

struct ConvOptions {
  Size2d stride = 1;
  Padding2d padding = 0;  ///< rows and columns of zeros around the picture
  Size2d dilation = 1;    ///< from one tap of the kernel to the next
  std::size_t groups = 1; ///< the outputs of each see only the channels of their own
  bool relu = false;      ///< cut the result at 0 while it is still in the cache
};

} // namespace tapestry
