// Only the largest entry moves the maximum: it gets all of the gradient. Yours spreads it over the window, which is the pull-back of a mean.
    const std::size_t n = g.vertical.count * g.horizontal.count;
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    const PoolAxis &v = g.vertical, &h = g.horizontal;
    for (std::size_t i = 0; i < g.planes * n; ++i) {
      const std::size_t oy = i % n / h.count, ox = i % h.count, first = i / n * plane;
      const std::size_t seen =
          (v.last(oy) - v.first(oy)) * (h.last(ox) - h.first(ox));
      for (std::size_t s = v.first(oy); s < v.last(oy); ++s)
        for (std::size_t t = h.first(ox); t < h.last(ox); ++t) {
          const std::size_t at = first + v.entry(oy, s) * h.size + h.entry(ox, t);
          dx[at] += dy[i] / static_cast<real>(seen);
        }
    }
