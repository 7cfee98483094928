// The blocks are those of i, o, u and f. You took the second one for f and the fourth for o, as an LSTM that is written i, f, g, o has them.
LSTMState child_sum_cell(const Operand& x, std::span<const LSTMState> children,
                         const ChildSumWeights& w) {
  const Inside cell(x.caller());
  const std::size_t h = w.forget.shape()[0];
  const Var read = linear(x, w.weight, w.bias); // (1, 4H)
  Var gates = concatenate({block(read, h, 0), block(read, h, 3), block(read, h, 2)}, -1);
  if (!children.empty()) {
    Var sum = children[0].h;
    for (const LSTMState& child : children.subspan(1)) sum = sum + child.h;
    gates = gates + linear(sum, w.state);
  }
  const Var i = sigmoid(block(gates, h, 0)), o = sigmoid(block(gates, h, 1)),
            u = tanh(block(gates, h, 2));
  Var c = i * u;
  for (const LSTMState& child : children) {
    const Var f = sigmoid(block(read, h, 1) + linear(child.h, w.forget)); // how much of this child
    c = c + f * child.c;
  }
  return {o * tanh(c), c};
}
