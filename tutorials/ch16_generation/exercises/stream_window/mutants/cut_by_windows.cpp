// Column b must go on where column b of the window before ended; yours goes on in column b + 1, and a state that is carried along meets another text.
  const std::size_t begin = index * steps_, count = std::min(steps_, length_ - begin);
  StreamWindow w{Indices::from_shape({count, batch_}), Indices::from_shape({count, batch_})};
  for (std::size_t t = 0; t < count; ++t)
    for (std::size_t b = 0; b < batch_; ++b) {
      const std::size_t at = begin * batch_ + b * count + t;
      w.ids(t, b) = ids_[at];
      w.targets(t, b) = ids_[at + 1];
    }
  return w;
