// The commonest depthwise convolution, 3x3 with a stride of 1, without a copy of its planes.
//
// Walking down a strip of columns, a register wide, each row of the picture is read once, three
// times side by side: left, straight above and right of the outputs. Three sums are under way, for
// it is the last row that one output row sees, the middle one of the next, and the first one of
// the next but one. Lanes that lie in the padding are left out by a mask.
//
// Backward, the same walk over dy collects dx, with the kernel turned round, and meets the rows of
// x on its way: what it multiplies them with adds up to the kernel's gradient.
#pragma once

#include "nn/pictures/geometry.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Whether it can be done so, masks are fast here, and rows are short: strips beside each other
/// read a picture in jumps, which a wide one in a far cache does not bear.
bool worth_rows(const ConvGeometry& g);

/// As depthwise() and depthwise_back() (depthwise.hpp).
/// x: (B, C, H, W), weight: (C, 1, 3, 3), bias: (C) -> y: (B, C, H', W')
void depthwise_rows(const ConvGeometry& g, const real* x, const real* weight, const real* bias,
                    bool relu, real* y);
void depthwise_rows_back(const ConvGeometry& g, const real* x, const real* weight, const real* dy,
                         real* dx, real* dweight);

} // namespace tapestry::inline TAPESTRY_PRECISION
