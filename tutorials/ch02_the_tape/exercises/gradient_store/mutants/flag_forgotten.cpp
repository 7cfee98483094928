// has_grad says that there is a gradient. It is never set here, so backward passes this variable over.
Tensor& Var::gradient() const {
  if (!node_->grad) node_->grad = zeros(shape());
  return *node_->grad;
}
