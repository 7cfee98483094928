// Zeros only the first time: yours begins anew at every call, and what was added before is lost.
Tensor& Var::gradient() const {
  node_->grad = zeros(shape());
  node_->has_grad = true;
  return *node_->grad;
}
