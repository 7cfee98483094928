// The lowest rank runs: the largest group needs the lowest, so its size counts negatively. Yours runs the smallest.
Agenda::Rank Agenda::rank(const WaitingGroup& group) const {
  const double size = static_cast<double>(group.members.size());
  std::size_t depths = 0;
  for (const Waiting& w : group.members) depths += w.depth;
  switch (policy_) {
  case AgendaPolicy::first_come:
    return {static_cast<double>(group.arrived), 0};
  case AgendaPolicy::largest:
    return {size, 0};
  case AgendaPolicy::depth:
    return {static_cast<double>(depths) / size, 0};
  case AgendaPolicy::new_last:
    break;
  }
  const std::size_t to_come = group.kind->calls > 0 ? 0 : examples_ - group.kind->examples;
  return {static_cast<double>(to_come), size};
}

WaitingGroup Agenda::next() {
  std::size_t best = 0;
  Rank lowest = rank(groups_[0]);
  for (std::size_t i = 1; i < groups_.size(); ++i) {
    const Rank r = rank(groups_[i]);
    if (r < lowest) best = i, lowest = r;
  }
  WaitingGroup group = std::move(groups_[best]);
  groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(best));
  const auto earlier = [](const Waiting& a, const Waiting& b) { return a.example < b.example; };
  ++group.kind->calls;
  std::sort(group.members.begin(), group.members.end(), earlier);
  return group;
}
