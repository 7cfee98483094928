// A gradient has the shape of its value; yours is a single 0.
Tensor& Var::gradient() const {
  if (!node_->has_grad) {
    node_->grad = zeros({});
    node_->has_grad = true;
  }
  return *node_->grad;
}
