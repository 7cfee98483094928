// Where as many have still to come, the group of the most members runs: the second number of the rank is missing.
Agenda::Rank Agenda::rank(const WaitingGroup& group) const {
  const double size = static_cast<double>(group.members.size());
  std::size_t depths = 0;
  for (const Waiting& w : group.members) depths += w.depth;
  switch (policy_) {
  case AgendaPolicy::first_come:
    return {static_cast<double>(group.arrived), 0};
  case AgendaPolicy::largest:
    return {-size, 0};
  case AgendaPolicy::depth:
    return {static_cast<double>(depths) / size, 0};
  case AgendaPolicy::new_last:
    break;
  }
  const std::size_t to_come = group.kind->calls > 0 ? 0 : examples_ - group.kind->examples;
  return {static_cast<double>(to_come), 0};
}
