#include "autograd/var.hpp"

#include <algorithm>
#include <mutex>

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

// Several threads may be the first to look.
void Var::copy_rows() const {
  static std::mutex one_at_a_time;
  const std::lock_guard guard(one_at_a_time);
  if (!node_->is_elsewhere) return;
  const Tensor& all = node_->joined->value; // (N, w)
  Tensor& own = node_->value;
  own.storage().resize(size_of(own.shape())); // which its size() counts
  std::copy_n(all.data() + node_->first_row * all.shape()[1], own.size(), own.data());
  node_->is_elsewhere.store(false, std::memory_order_release);
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
  settle();
  return gradient();
}

Tensor& Var::stored_grad() const {
  settle();
  return *node_->grad;
}

bool Var::has_grad() const {
  if (!node_->has_grad || node_->reached) return node_->has_grad;
  const Tensor& g = stored_grad();
  return std::any_of(g.data(), g.data() + g.size(), [](real v) { return v != 0; });
}

void Var::zero_grad() const {
  if (node_->leaf && node_->has_grad) {
    node_->leaf->products.forget();
    node_->leaf->clear(*node_->grad);
  }
  node_->has_grad = node_->reached = false;
}

Var variable(Tensor value, std::string name) {
  Var x(std::move(value));
  x.node_->needs_grad = true;
  x.leaf().name = std::move(name);
  return x;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
