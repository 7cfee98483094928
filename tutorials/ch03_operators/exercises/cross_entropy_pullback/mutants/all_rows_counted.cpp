// The mean is over the rows that count: divide by n, not by the number of all rows.
    const real scale = y.grad().data()[0] / static_cast<real>(rows.n);
    for (std::size_t r = 0; r < rows.n; ++r) {
      const std::int32_t t = targets.data()[r];
      if (ignored(t)) continue;
      real* dx = logits.grad().data() + r * rows.width;
      for (std::size_t j = 0; j < rows.width; ++j)
        dx[j] += scale * (p.data()[r * rows.width + j] - even);
      dx[t] -= scale * sharp;
    }
