// An operation on constants alone needs no record: no gradient will ever arrive there.
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
  const std::size_t first = inputs_.size();
  for (const Input& x : inputs) inputs_.push_back(*x.var);
  records_.push_back({op, y, first, inputs.size(), caller, std::move(pull_back)});
