// All repetitions count, not only the first.
  for (std::size_t i = 0; i < grad.size(); ++i) grad.data()[i] += g.data()[i];
