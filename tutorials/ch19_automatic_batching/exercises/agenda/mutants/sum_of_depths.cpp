// The depth of a group is the mean of its members' depths. Their sum puts a large group behind a small one.
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
    return {static_cast<double>(depths), 0};
  case AgendaPolicy::new_last:
    break;
  }
  const std::size_t to_come = group.kind->calls > 0 ? 0 : examples_ - group.kind->examples;
  return {static_cast<double>(to_come), -size};
}
