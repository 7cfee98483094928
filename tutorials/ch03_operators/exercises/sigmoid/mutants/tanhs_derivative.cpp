// 1 - y^2 is the derivative of tanh; that of the sigmoid is y (1 - y).
Var sigmoid(const Operand& x) {
  Var y{1 / (1 + xt::exp(-x.value()))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() += y.grad() * (1 - xt::square(y.value())); });
}
