// A gradient is complete only when everything that used the value has been pulled back: walk from the end.
std::ptrdiff_t Tape::step_back() {
  const auto end = static_cast<std::ptrdiff_t>(records_.size());
  const std::ptrdiff_t last = end - 1;
  while (next_back_ >= 0 && next_back_ < 2 * end) {
    const std::ptrdiff_t number = next_back_++ - last;
    const Record& r = records_[static_cast<std::size_t>(number)];
    if (number + 1 == end) next_back_ = -1;
    if (!r.output.has_grad()) continue;
    {
      const Paused no_records;
      run(r);
    }
    check_gradients(r);
    return number;
  }
  return -1;
}
