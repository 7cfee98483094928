// One input that needs a gradient is enough; yours asks it of all of them.
  bool needed = true;
  for (const Input& x : inputs) needed = needed && x.var->needs_grad();
  if (!needed) return;
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
  const std::size_t first = inputs_.size();
  for (const Input& x : inputs) inputs_.push_back(*x.var);
  records_.push_back({op, y, first, inputs.size(), caller, std::move(pull_back)});
