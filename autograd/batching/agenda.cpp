#include "autograd/batching/agenda.hpp"

#include <algorithm>
#include <utility>

namespace tapestry::inline TAPESTRY_PRECISION {

WaitingGroup& Agenda::group_of(const Waiting& waiting) {
  Signature signature(*waiting.request);
  for (WaitingGroup& group : groups_)
    if (group.signature == signature) return group;
  OperatorKind* const kind = &kinds_[signature]; // a map's entries stay where they are
  groups_.push_back({std::move(signature), {}, kind, arrivals_++});
  return groups_.back();
}

void Agenda::add(const Waiting& waiting) {
  WaitingGroup& group = group_of(waiting);
  group.members.push_back(waiting);
  examples_ = std::max(examples_, waiting.example + 1);
  OperatorKind& kind = *group.kind;
  if (kind.met.size() <= waiting.example) kind.met.resize(waiting.example + 1);
  if (!kind.met[waiting.example]) ++kind.examples;
  kind.met[waiting.example] = true;
}

void Agenda::remove(const void* owner) {
  for (WaitingGroup& group : groups_)
    std::erase_if(group.members, [=](const Waiting& w) { return w.owner == owner; });
  std::erase_if(groups_, [](const WaitingGroup& group) { return group.members.empty(); });
}

//> agenda
// The lowest rank runs. Whoever is not chosen waits on, and more may join it: so what others have
// still to reach should run last. Depth takes for that what has many operators before it. A short
// sentence breaks this: its second loop is less deep than the end of a long one's first. So here an
// operator that is new waits for those who have not met it yet, and of the others the largest group
// runs.
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
  return {static_cast<double>(to_come), -size};
}
//< agenda

//> agenda-next
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
//< agenda-next

} // namespace tapestry::inline TAPESTRY_PRECISION
