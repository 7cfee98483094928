// The derivative is y (1 - y), of the value y that came out; yours has the x that went in.
Var sigmoid(const Operand& x) {
  Var y{1 / (1 + xt::exp(-x.value()))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() += y.grad() * x.value() * (1 - x.value()); });
}
