// Softmax minus target: the gradient at the target is p - 1, and yours does not subtract the 1.
    const real scale = y.grad().data()[0] / n;
    for (std::size_t r = 0; r < rows.n; ++r) {
      const std::int32_t t = targets.data()[r];
      if (ignored(t)) continue;
      real* dx = logits.grad().data() + r * rows.width;
      for (std::size_t j = 0; j < rows.width; ++j) dx[j] += scale * p.data()[r * rows.width + j];
    }
