// A sequence of n steps ends with step n - 1; yours has it take part in step n, which is padding.
  layout->begins.push_back(0);
  std::size_t going = batch;
  for (std::size_t t = 0; t < length(0); ++t) {
    while (length(going - 1) < t) --going;
    layout->batch_sizes.push_back(going);
    layout->begins.push_back(layout->begins.back() + going);
  }
