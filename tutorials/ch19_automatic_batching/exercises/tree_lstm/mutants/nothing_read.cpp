// A node with children also writes something of its own: c = i u plus what its children bring. Yours has only what they bring.
LSTMState child_sum_cell(const Operand& x, std::span<const LSTMState> children,
                         const ChildSumWeights& w) {
  const Inside cell(x.caller());
  const std::size_t h = w.forget.shape()[0];
  const Var read = linear(x, w.weight, w.bias); // (1, 4H)
  Var gates = block(read, h, 0, 3);             // (1, 3H)
  if (!children.empty()) {
    Var sum = children[0].h;
    for (const LSTMState& child : children.subspan(1)) sum = sum + child.h;
    gates = gates + linear(sum, w.state);
  }
  const Var i = sigmoid(block(gates, h, 0)), o = sigmoid(block(gates, h, 1)),
            u = tanh(block(gates, h, 2));
  Var c = children.empty() ? i * u : 0 * u;
  for (const LSTMState& child : children) {
    const Var f = sigmoid(block(read, h, 3) + linear(child.h, w.forget)); // how much of this child
    c = c + f * child.c;
  }
  return {o * tanh(c), c};
}

LSTMState nary_cell(const Operand& x, std::span<const LSTMState> children, const NaryWeights& w) {
  const Inside cell(x.caller());
  const std::size_t h = w.bias.shape()[0] / 4;
  const Var read = linear(x, w.weight, w.bias); // (1, 4H)
  Var gates = block(read, h, 0, 3), forget;     // (1, 3H), (1, NH)
  if (!children.empty()) {
    std::vector<Var> states;
    for (const LSTMState& child : children) states.push_back(child.h);
    const Var sent = linear(concatenate(states, -1), w.state); // (1, (3 + N)H)
    gates = gates + block(sent, h, 0, 3);
    forget = block(sent, h, 3, children.size());
  }
  const Var i = sigmoid(block(gates, h, 0)), o = sigmoid(block(gates, h, 1)),
            u = tanh(block(gates, h, 2));
  Var c = children.empty() ? i * u : 0 * u;
  for (std::size_t k = 0; k < children.size(); ++k) {
    const Var f = sigmoid(block(read, h, 3) + block(forget, h, k));
    c = c + f * children[k].c;
  }
  return {o * tanh(c), c};
}
