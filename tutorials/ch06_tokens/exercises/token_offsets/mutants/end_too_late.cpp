// The byte at now.end is not in the span: its last byte is now.end - 1.
Span AlignedText::original(Span now) const {
  if (now.begin > now.end || now.end > text_.size())
    throw std::out_of_range(
        fmt::format("original: bytes {} to {} of a text of {}", now.begin, now.end, text_.size()));
  // The unit that holds a byte: the last run that does not begin behind it, and then by division.
  const auto unit_at = [this](std::size_t byte) -> Span {
    const auto next =
        std::upper_bound(runs_.begin(), runs_.end(), byte,
                         [](std::size_t b, const Run& run) { return b < run.now_begin; });
    const Run& run = *std::prev(next);
    const std::size_t begin = run.was_begin + (byte - run.now_begin) / run.now * run.was;
    return {begin, begin + run.was};
  };
  if (now.begin < now.end) return {unit_at(now.begin).begin, unit_at(std::min(now.end, text_.size() - 1)).end};
  if (text_.empty()) return {};
  const std::size_t at = unit_at(now.begin).begin; // at the end, where a next unit would begin
  return {at, at};
}
