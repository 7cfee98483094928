#include "text/counting/bag_classifier.hpp"

#include "autograd/operators/arithmetic.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

BagClassifier::BagClassifier(const BagClassifierOptions& o)
    : weight("weight", zeros({o.features, o.classes})), bias("bias", zeros({o.classes})) {}

Var BagClassifier::operator()(const SparseRows& x, Caller at) const {
  const Inside layer = inside(at);
  return sparse_matmul(x, weight) + bias;
}

void BagClassifier::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
