// batch_sizes[t] counts those that have a step t, not those for which it is the last.
  layout->begins.push_back(0);
  std::size_t going = batch;
  for (std::size_t t = 0; t < length(0); ++t) {
    going = 0;
    for (std::size_t i = 0; i < batch; ++i) going += length(i) == t + 1;
    layout->batch_sizes.push_back(going);
    layout->begins.push_back(layout->begins.back() + going);
  }
