// A batch size belongs to a step, a length to a sequence: yours are the lengths.
  layout->begins.push_back(0);
  std::size_t going = batch;
  for (std::size_t i = 0; i < batch; ++i) {
    going = length(i);
    layout->batch_sizes.push_back(going);
    layout->begins.push_back(layout->begins.back() + going);
  }
