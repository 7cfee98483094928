// Two views of a picture: its outlines without its colours, and its colours without its outlines.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// How steeply a picture changes at each pixel, in whatever direction and colour: the root of the
/// summed squares of Sobel's two differences in all channels (Gonzalez and Woods, Digital Image
/// Processing, section 10.2). On grey, a red star and a white one look much alike in it. What lies
/// outside counts as 0. pictures: (B, C, H, W) -> (B, 1, H, W).
Var outlines(const Operand& pictures);

/// The mean of every k x k pixels, which leaves the colours and blurs small shapes. pictures:
/// (B, C, H, W) -> (B, C, H/k, W/k). A ShapeError unless k divides H and W.
Var coarse(const Operand& pictures, std::size_t k);

} // namespace tapestry::inline TAPESTRY_PRECISION
