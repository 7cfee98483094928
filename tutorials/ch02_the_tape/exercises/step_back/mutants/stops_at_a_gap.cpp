// A record without a gradient is passed over; it is not the end of the walk.
std::ptrdiff_t Tape::step_back() {
  if (next_back_ < 0) return -1;
  const std::ptrdiff_t number = next_back_--;
  const Record& r = records_[static_cast<std::size_t>(number)];
  if (!r.output.has_grad()) return -1;
  {
    const Paused no_records;
    run(r);
  }
  check_gradients(r);
  return number;
}
