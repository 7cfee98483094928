// The pull-back writes `=` where it must add with `+=`: what another use of x had left is erased.
Var sigmoid(const Operand& x) {
  Var y{1 / (1 + xt::exp(-x.value()))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() = y.grad() * y.value() * (1 - y.value()); });
}
