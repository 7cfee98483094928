// 3x3 convolutions with fewer multiplications.
//
// A tile of 2x2 outputs sees 4x4 inputs: 36 multiplications a channel. Winograd's F(2x2, 3x3) takes
// 16: inputs and kernel are each turned into 4x4 numbers by a few additions, multiplied entry by
// entry, summed up over channels, and turned back:
//
//   y = A^T ((G w G^T) * (B^T x B)) A
//
// Summed over channels, entry k of all tiles is a matrix product (O, C) (C, tiles), so there are 16
// products, of a quarter of the columns each. The sums round differently, about as much. An
// infinite or NaN input spoils its whole tile.
//
// Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", section 4.1.
#pragma once

#include "nn/pictures/geometry.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Whether it can be done so and is worth it: 3x3, stride 1, many channels and many tiles.
bool worth_winograd(const ConvGeometry& g);

/// x: (B, C, H, W), w: (O, C, 3, 3), bias: (O) -> y: (B, O, H', W')
void winograd(const ConvGeometry& g, const real* x, const real* w, const real* bias, bool relu,
              real* y);
/// Adds to dx what arrives there: a convolution of dy with the kernel turned round.
/// dy: (B, O, H', W'), w: (O, C, 3, 3) -> dx: (B, C, H, W)
void winograd_back(const ConvGeometry& g, const real* dy, const real* w, real* dx);

} // namespace tapestry::inline TAPESTRY_PRECISION
