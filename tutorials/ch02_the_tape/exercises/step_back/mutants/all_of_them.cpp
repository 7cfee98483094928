// A record whose output has no gradient did not help to compute the loss: pass over it.
std::ptrdiff_t Tape::step_back() {
  if (next_back_ < 0) return -1;
  const std::ptrdiff_t number = next_back_--;
  const Record& r = records_[static_cast<std::size_t>(number)];
  {
    const Paused no_records;
    run(r);
  }
  check_gradients(r);
  return number;
}
