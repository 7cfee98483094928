// While a pull-back runs nothing may be recorded: put a Paused into the block around run(record).
std::ptrdiff_t Tape::step_back() {
  while (next_back_ >= 0) {
    const std::ptrdiff_t number = next_back_--;
    const Record& r = records_[static_cast<std::size_t>(number)];
    if (!r.output.has_grad()) continue;
    run(r);
    check_gradients(r);
    return number;
  }
  return -1;
}
