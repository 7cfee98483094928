// A window has one winner, and `winner` names it; yours shares the gradient among all entries that are as large.
    const std::size_t n = g.vertical.count * g.horizontal.count;
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    const PoolAxis &v = g.vertical, &h = g.horizontal;
    for (std::size_t i = 0; i < g.planes * n; ++i) {
      const std::size_t oy = i % n / h.count, ox = i % h.count, first = i / n * plane;
      real equals = 0;
      for (std::size_t s = v.first(oy); s < v.last(oy); ++s)
        for (std::size_t t = h.first(ox); t < h.last(ox); ++t) {
          const std::size_t at = first + v.entry(oy, s) * h.size + h.entry(ox, t);
          if (x.value().data()[at] == y.value().data()[i]) equals += 1;
        }
      for (std::size_t s = v.first(oy); s < v.last(oy); ++s)
        for (std::size_t t = h.first(ox); t < h.last(ox); ++t) {
          const std::size_t at = first + v.entry(oy, s) * h.size + h.entry(ox, t);
          if (x.value().data()[at] == y.value().data()[i]) dx[at] += dy[i] / equals;
        }
    }
