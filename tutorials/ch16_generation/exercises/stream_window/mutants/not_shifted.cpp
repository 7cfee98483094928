// The target is the token after the one that is read: yours asks for what the model has just been told.
  const std::size_t begin = index * steps_, count = std::min(steps_, length_ - begin);
  StreamWindow w{Indices::from_shape({count, batch_}), Indices::from_shape({count, batch_})};
  for (std::size_t t = 0; t < count; ++t)
    for (std::size_t b = 0; b < batch_; ++b) {
      const std::size_t at = b * length_ + begin + t;
      w.ids(t, b) = ids_[at];
      w.targets(t, b) = ids_[at];
    }
  return w;
