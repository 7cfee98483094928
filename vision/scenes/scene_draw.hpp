// Scenes as pictures.
#pragma once

#include "autograd/tensor.hpp"
#include "text/scenes/scene.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// -> (3, side, side) in [0, 1], edges smoothed. The same scene gives the same picture, at any
/// size.
Tensor draw_scene(const Scene& scene, std::size_t side = 64);

} // namespace tapestry::inline TAPESTRY_PRECISION
