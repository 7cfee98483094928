// A stream is one piece of the text: step t + 1 of column b must be the token after step t of column b, not the one of the next column.
  const std::size_t begin = index * steps_, count = std::min(steps_, length_ - begin);
  StreamWindow w{Indices::from_shape({count, batch_}), Indices::from_shape({count, batch_})};
  for (std::size_t t = 0; t < count; ++t)
    for (std::size_t b = 0; b < batch_; ++b) {
      const std::size_t at = (begin + t) * batch_ + b;
      w.ids(t, b) = ids_[at];
      w.targets(t, b) = ids_[at + 1];
    }
  return w;
