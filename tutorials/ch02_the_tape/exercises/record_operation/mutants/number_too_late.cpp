// Records are numbered from 0: the new one's number is records_.size() before it is added, not after.
  bool needed = false;
  for (const Input& x : inputs) needed = needed || x.var->needs_grad();
  if (!needed) return;
  const std::size_t first = inputs_.size();
  for (const Input& x : inputs) inputs_.push_back(*x.var);
  records_.push_back({op, y, first, inputs.size(), caller, std::move(pull_back)});
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
