#include "autograd/var.hpp"

#include <algorithm>

#include "autograd/leaf.hpp"
#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::size_t Var::size(int axis, Caller at) const {
  return shape()[checked_axis("size", {*this, at}, axis)];
}

real Var::item(Caller at) const {
  if (value().size() != 1) shape_error("item", {{*this, at}}, "expected a tensor of one entry");
  return value().data()[0];
}

//> gradient
Tensor& Var::gradient() const {
  if (!node_->has_grad) {
    if (node_->grad && node_->grad->shape() == shape())
      fill(*node_->grad, 0); // its memory is reused
    else
      node_->grad = zeros(shape());
    node_->has_grad = true;
  }
  return *node_->grad;
}
//< gradient

Tensor& Var::grad() const {
  if (node_->leaf) node_->leaf->whole_gradient();
  forget_misfit();
  return gradient();
}

bool Var::has_grad() const {
  if (!node_->has_grad || node_->reached) return node_->has_grad;
  const Tensor& g = *node_->grad;
  return std::any_of(g.data(), g.data() + g.size(), [](real v) { return v != 0; });
}

void Var::zero_grad() const {
  if (node_->leaf && node_->has_grad) node_->leaf->clear(*node_->grad);
  node_->has_grad = node_->reached = false;
}

Var variable(Tensor value, std::string name) {
  Var x(std::move(value));
  x.node_->needs_grad = true;
  x.leaf().name = std::move(name);
  return x;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
