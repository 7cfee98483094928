// An entry that wins several windows gets the gradient of each: `+=`, or the last one erases the others.
    const std::size_t n = g.vertical.count * g.horizontal.count;
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    for (std::size_t i = 0; i < g.planes * n; ++i)
      dx[i / n * plane + static_cast<std::size_t>(winner.data()[i])] = dy[i];
