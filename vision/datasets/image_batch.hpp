// Some of many pictures, as a tensor.
#pragma once

#include <vector>

#include "autograd/tensor.hpp"
#include "vision/datasets/labelled_images.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The pictures of these numbers -> (B, C, H, W) in [0, 1]. A std::out_of_range for one that is not
/// there.
Tensor image_batch(const LabelledImages& images, const std::vector<std::size_t>& numbers);
/// Their labels -> (B)
Indices label_batch(const LabelledImages& images, const std::vector<std::size_t>& numbers);
/// One of them -> (C, H, W) in [0, 1]
Tensor image_tensor(const LabelledImages& images, std::size_t number);

} // namespace tapestry::inline TAPESTRY_PRECISION
