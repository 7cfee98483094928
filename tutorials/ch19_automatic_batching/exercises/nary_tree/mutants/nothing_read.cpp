// Each forget gate also reads x: its block of what x sends, the same for all children, is missing.
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
  Var c = i * u;
  for (std::size_t k = 0; k < children.size(); ++k) {
    const Var f = sigmoid(block(forget, h, k));
    c = c + f * children[k].c;
  }
  return {o * tanh(c), c};
}
