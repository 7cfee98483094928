// The winner is counted within its plane; yours sends the gradients of all pictures and channels to the first plane.
    const std::size_t n = g.vertical.count * g.horizontal.count;
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    for (std::size_t i = 0; i < g.planes * n; ++i)
      dx[static_cast<std::size_t>(winner.data()[i])] += dy[i];
