// The value is cut; it must pass as it is, and only the gradient is cut on its way back.
  const real most = static_cast<real>(bound);
  Var y{xt::clip(x.value(), -most, most)};
  return record("clip_gradient", y, {x},
                [x, y, most] { x.grad() += xt::clip(y.grad(), -most, most); });
