#include "nn/linear.hpp"

#include "autograd/operators/matmul.hpp"
#include "nn/init.hpp"
#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

//> linear
Linear::Linear(const LinearOptions& o, Rng& rng)
    : weight("weight", fan_uniform({o.out_features, o.in_features}, o.in_features, rng)),
      has_bias_(o.bias) {
  if (has_bias_) bias = Parameter("bias", fan_uniform({o.out_features}, o.in_features, rng));
}

Var Linear::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  return has_bias_ ? linear(x, weight, bias) : linear(x, weight);
}
//< linear

PackedSequence Linear::operator()(const PackedSequence& x, Caller at) const {
  check_rows("Linear", x, at);
  return x.with((*this)({x.data, at}));
}

void Linear::visit(Visitor& v) {
  v("weight", weight);
  if (has_bias_) v("bias", bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
