// What was taken away before the exponential must be added again behind the logarithm.
  const auto minus = [](real v, real m) { return v - m; };
  const Tensor shift =
      finite_or_zero(best_of(x.value(), r.kept, [](real a, real b) { return a > b; }));
  const Tensor exps = exp_of(combined(x.value(), shift, x.shape(), minus));
  const Tensor logs = log_of(sum_over(exps, r.kept));
  Var y{reshaped(logs, r.result)};
  return record("logsumexp", y, {x}, [x, y, minus, kept = r.kept] {
    // The slope is softmax's, exp(x - y). Where y is -inf so is every x, and the slope is taken as
    // 0.
    Tensor totals = reshaped(y.value(), kept);
    for (real& v : totals.storage())
      if (v == -std::numeric_limits<real>::infinity()) v = 0;
    Tensor slopes = exp_of(combined(x.value(), totals, x.shape(), minus));
    // y is large beside its last digits' share in the slopes: they add up to 1 only nearly.
    const Tensor sums = sum_over(slopes, kept);
    slopes = combined(slopes, sums, x.shape(), [](real s, real t) { return t > 0 ? s / t : s; });
    const Tensor dy = reshaped(y.grad(), kept);
    combine_into(x.grad(), slopes, dy, [](real s, real d) { return s * d; });
  });
