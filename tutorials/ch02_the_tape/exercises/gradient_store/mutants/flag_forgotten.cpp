// has_grad says that there is a gradient. It is never set here, so backward passes this variable over.
Tensor& Var::grad() const {
  if (!node_->has_grad && node_->grad.shape() != shape()) node_->grad = zeros(shape());
  return node_->grad;
}
