// The inputs of a record begin where inputs_ ended before they were added; yours begin at 0 for all.
  bool needed = false;
  for (const Input& x : inputs) needed = needed || x.var->needs_grad();
  if (!needed) return;
  y.node_->needs_grad = true;
  y.node_->tape = id_;
  y.node_->record = records_.size();
  for (const Input& x : inputs) inputs_.push_back(*x.var);
  records_.push_back({op, y, 0, inputs.size(), caller, std::move(pull_back)});
