#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Tensor repeated(const Tensor& x, const Shape& shape) { return xt::broadcast(x, shape); }

} // namespace tapestry::inline TAPESTRY_PRECISION
