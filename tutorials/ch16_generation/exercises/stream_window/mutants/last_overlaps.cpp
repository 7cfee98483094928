// The last window has only the steps that are left; yours takes some from the window before again, and the state has seen those.
  const std::size_t count = std::min(steps_, length_), begin = std::min(index * steps_, length_ - count);
  StreamWindow w{Indices::from_shape({count, batch_}), Indices::from_shape({count, batch_})};
  for (std::size_t t = 0; t < count; ++t)
    for (std::size_t b = 0; b < batch_; ++b) {
      const std::size_t at = b * length_ + begin + t;
      w.ids(t, b) = ids_[at];
      w.targets(t, b) = ids_[at + 1];
    }
  return w;
