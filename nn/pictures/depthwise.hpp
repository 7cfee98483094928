// The convolution in which every channel has kernels of its own (Howard et al. 2017, "MobileNets",
// section 3.1).
//
// As a product it would be one row times a matrix of columns: all the work would be in making the
// columns. So it is computed directly, from a copy of each plane with its padding.
#pragma once

#include "nn/pictures/geometry.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// y of a depthwise g. x: (B, C, H, W), weight: (O, 1, kh, kw), bias: (O) -> y: (B, O, H', W')
void depthwise(const ConvGeometry& g, const real* x, const real* weight, const real* bias,
               bool relu, real* y);

/// Adds to the gradients of x and of the weight what follows from dy, (B, O, H', W'). Either may be
/// null.
void depthwise_back(const ConvGeometry& g, const real* x, const real* weight, const real* dy,
                    real* dx, real* dweight);

} // namespace tapestry::inline TAPESTRY_PRECISION
