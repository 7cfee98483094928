// After zero_grad() the old numbers must go: memory may be used again, what stands in it may not.
Tensor& Var::gradient() const {
  if (!node_->has_grad) {
    if (!node_->grad) node_->grad = zeros(shape());
    node_->has_grad = true;
  }
  return *node_->grad;
}
