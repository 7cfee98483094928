// You cut all that x.grad() holds; cut what arrives, y.grad(), and add that.
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("clip_gradient", y, {x}, [x, y, most] {
    x.grad() += y.grad();
    x.grad() = xt::clip(x.grad(), -most, most);
  });
