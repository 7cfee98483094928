// Every entry gets the whole gradient, as under a sum; behind the logarithm each gets its share, the softmax.
  const auto minus = [](real v, real m) { return v - m; };
  const Tensor shift =
      finite_or_zero(best_of(x.value(), r.kept, [](real a, real b) { return a > b; }));
  const Tensor exps = exp_of(combined(x.value(), shift, x.shape(), minus));
  const Tensor logs = log_of(sum_over(exps, r.kept));
  Var y{reshaped(logs + shift, r.result)};
  return record("logsumexp", y, {x}, [x, y, minus, kept = r.kept] {
    const Tensor slopes = ones(x.shape());
    const Tensor dy = reshaped(y.grad(), kept);
    combine_into(x.grad(), slopes, dy, [](real s, real d) { return s * d; });
  });
