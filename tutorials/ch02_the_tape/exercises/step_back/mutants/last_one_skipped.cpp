// The first record to be pulled back is next_back_ itself; yours begins one further down.
std::ptrdiff_t Tape::step_back() {
  while (next_back_ > 0) {
    const std::ptrdiff_t number = --next_back_;
    const Record& r = records_[static_cast<std::size_t>(number)];
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
