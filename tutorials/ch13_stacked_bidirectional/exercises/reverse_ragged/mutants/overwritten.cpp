// x may be used elsewhere too, as by the forward walk: its gradient is added with `+=`, never written over.
  // The entries of step t of sequence b come from its step n - 1 - t; padding stays.
  const auto source = [lengths, batch, inner](std::size_t t, std::size_t b) {
    const auto n = static_cast<std::size_t>(lengths[b]);
    return ((t < n ? n - 1 - t : t) * batch + b) * inner;
  };
  Tensor reversed = Tensor::from_shape(x.shape());
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch; ++b)
      std::copy_n(x.value().data() + source(t, b), inner,
                  reversed.data() + (t * batch + b) * inner);
  Var y{std::move(reversed)};
  return record(op, y, {x}, [x, y, source, steps, batch, inner] {
    const real* dy = y.grad().data();
    for (std::size_t t = 0; t < steps; ++t)
      for (std::size_t b = 0; b < batch; ++b, dy += inner)
        for (std::size_t j = 0; j < inner; ++j) x.grad().data()[source(t, b) + j] = dy[j];
  });
