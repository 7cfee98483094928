#include "nn/layer_norm.hpp"

#include <limits>

#include "autograd/operators/layer_norm.hpp"
#include "nn/pictures/options.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

LayerNorm::LayerNorm(const LayerNormOptions& o)
    : shape_(o.normalized_shape), eps_(o.eps), affine_(o.elementwise_affine) {
  if (shape_.empty()) bad_option("LayerNorm", "normalized_shape", "()", "at least one axis");
  for (std::size_t n : shape_) check_option("LayerNorm", "normalized_shape", n, 1);
  check_option("LayerNorm", "eps", eps_, 0, std::numeric_limits<double>::max());
  if (affine_) weight = Parameter("weight", ones(shape_)), bias = Parameter("bias", zeros(shape_));
}

Var LayerNorm::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  const Var w = affine_ ? Var(weight) : constant(ones(shape_));
  const Var b = affine_ ? Var(bias) : constant(zeros(shape_));
  return layer_norm(x, w, b, eps_);
}

void LayerNorm::visit(Visitor& v) {
  if (affine_) v("weight", weight), v("bias", bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
