// The exponent's sign: 1 / (1 + e^x) falls where the sigmoid rises.
Var sigmoid(const Operand& x) {
  Var y{1 / (1 + xt::exp(x.value()))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() += y.grad() * y.value() * (1 - y.value()); });
}
