// The pull-back must multiply by y.grad(), the gradient that arrives at the output.
Var sigmoid(const Operand& x) {
  Var y{1 / (1 + xt::exp(-x.value()))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() += y.value() * (1 - y.value()); });
}
