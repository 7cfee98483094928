// The pull-back writes `=` where it must add with `+=`: what another use of x had left is erased.
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("clip_gradient", y, {x},
                [x, y, most] { x.grad() = xt::clip(y.grad(), -most, most); });
