// Go on to the last step of the longest sequence, which is the first; yours stops with the shortest.
  layout->begins.push_back(0);
  std::size_t going = batch;
  for (std::size_t t = 0; t < length(batch - 1); ++t) {
    while (length(going - 1) <= t) --going;
    layout->batch_sizes.push_back(going);
    layout->begins.push_back(layout->begins.back() + going);
  }
