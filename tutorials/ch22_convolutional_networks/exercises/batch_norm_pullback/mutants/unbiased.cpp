// The variance was divided by n, the number of values, and so is the mean of dy u on the way back; yours divides by n - 1.
    const std::size_t n = channels.n();
    const real* dy = y.grad().data();
    for (std::size_t c = 0; c < channels.count; ++c) {
      const real* u = normal.data() + c * n;
      real sum = 0, along = 0;
      channels.for_each(c, [&](std::size_t i, std::size_t j) {
        sum += dy[j];
        along += dy[j] * u[i];
      });
      if (bias.needs_grad()) bias.grad().data()[c] += sum;
      if (weight.needs_grad()) weight.grad().data()[c] += along;
      if (!x.needs_grad()) continue;
      const real scale = weight.value().data()[c] * inverse.data()[c];
      const real lost = measure ? sum / static_cast<real>(n) : 0;
      const real part = measure ? along / static_cast<real>(n - 1) : 0;
      real* dx = x.grad().data();
      channels.for_each(c, [&](std::size_t i, std::size_t j) {
        dx[j] += scale * (dy[j] - lost - u[i] * part);
      });
    }
