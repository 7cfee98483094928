// Gradients below -bound must be cut as well.
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("clip_gradient", y, {x},
                [x, y, most] { x.grad() += xt::minimum(y.grad(), most); });
