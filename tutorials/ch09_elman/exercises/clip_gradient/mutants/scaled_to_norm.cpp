// The whole gradient is scaled to a norm of bound; here every entry is cut by itself.
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("clip_gradient", y, {x}, [x, y, most] {
    const real norm = std::sqrt(xt::sum(xt::square(y.grad()))());
    x.grad() += y.grad() * std::min(real{1}, most / norm);
  });
