// Pictures on cards with their captions beneath, to be looked at.
#pragma once

#include <string>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Captioned {
  Tensor picture; ///< (3, H, W), any size
  std::string caption;
  bool good = true; ///< false: the caption is written in red
};

/// -> (3, H, W): rows of `columns` cards. Throws ShapeError if there is nothing to show.
Tensor contact_sheet(const std::vector<Captioned>& items, std::size_t columns);

} // namespace tapestry::inline TAPESTRY_PRECISION
