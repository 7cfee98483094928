// The pull-back must multiply by y.grad(), the gradient that arrives at the loss; it is not always 1.
    const real scale = 1 / n;
    for (std::size_t r = 0; r < rows.n; ++r) {
      const std::int32_t t = targets.data()[r];
      if (ignored(t)) continue;
      real* dx = logits.grad().data() + r * rows.width;
      for (std::size_t j = 0; j < rows.width; ++j)
        dx[j] += scale * (p.data()[r * rows.width + j] - even);
      dx[t] -= scale * sharp;
    }
