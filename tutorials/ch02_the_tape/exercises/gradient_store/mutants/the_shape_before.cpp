// The memory of an earlier gradient can be used again only if it has the shape of the value.
Tensor& Var::gradient() const {
  if (!node_->has_grad) {
    if (node_->grad)
      fill(*node_->grad, 0);
    else
      node_->grad = zeros(shape());
    node_->has_grad = true;
  }
  return *node_->grad;
}
