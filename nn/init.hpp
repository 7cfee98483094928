// Initial values of weights. The first two need a shape (out, in, ...), and throw ShapeError for
// any other.
#pragma once

#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// U(-a, a) with a = sqrt(6 / (fan_in + fan_out)): keeps the variance of values going forward and
/// of gradients going backward (Glorot and Bengio 2010, eq. 16). shape: (out, in, ...)
Tensor xavier_uniform(const Shape& shape, Rng& rng);

/// U(-a, a) with a = sqrt(6 / fan_in): the same for layers followed by a ReLU, which halves the
/// variance (He et al. 2015, eq. 10). shape: (out, in, ...)
Tensor kaiming_uniform(const Shape& shape, Rng& rng);

/// U(-a, a) with a = 1 / sqrt(fan): what PyTorch gives its Linear, convolutional and recurrent
/// layers. A fan of 0 gives zeros.
Tensor fan_uniform(const Shape& shape, std::size_t fan, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
