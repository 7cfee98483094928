// In training, mean and variance are computed from x, and every x moves both; yours treats them as constants, as they are in evaluation.
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
      real* dx = x.grad().data();
      channels.for_each(c, [&](std::size_t, std::size_t j) {
        dx[j] += scale * dy[j];
      });
    }
