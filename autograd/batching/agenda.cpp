#include "autograd/batching/agenda.hpp"

#include <algorithm>
#include <utility>

namespace tapestry::inline TAPESTRY_PRECISION {

WaitingGroup& Agenda::group_of(const Waiting& waiting) {
  Signature signature(*waiting.request);
  for (WaitingGroup& group : groups_)
    if (group.signature == signature) return group;
  const std::size_t kind = kinds_.emplace(signature, kinds_.size()).first->second;
  groups_.push_back({std::move(signature), {}, kind, arrivals_++});
  return groups_.back();
}

std::size_t Agenda::kinds_of(std::size_t example, std::size_t kind) {
  if (seen_.size() <= example) seen_.resize(example + 1);
  Seen& seen = seen_[example];
  if (seen.kind.size() <= kind) seen.kind.resize(kind + 1);
  if (!seen.kind[kind]) ++seen.count;
  seen.kind[kind] = true;
  return seen.count;
}

void Agenda::add(const Waiting& waiting) {
  WaitingGroup& group = group_of(waiting);
  group.members.push_back(waiting);
  group.members.back().kinds = kinds_of(waiting.example, group.kind);
}

void Agenda::remove(const void* owner) {
  for (WaitingGroup& group : groups_)
    std::erase_if(group.members, [=](const Waiting& w) { return w.owner == owner; });
  std::erase_if(groups_, [](const WaitingGroup& group) { return group.members.empty(); });
}

//> agenda
// The lowest rank runs. Whoever is not chosen waits on, and more may join it: so what others can
// still reach should run last. Depth takes for that what has many operators before it. A short
// sentence breaks this: its second loop is less deep than the end of a long one's first. How many
// different operators came before does not depend on how often a loop ran.
Agenda::Rank Agenda::rank(const WaitingGroup& group) const {
  const double size = static_cast<double>(group.members.size());
  std::size_t depths = 0, kinds = 0;
  for (const Waiting& w : group.members) depths += w.depth, kinds += w.kinds;
  switch (policy_) {
  case AgendaPolicy::first_come:
    return {static_cast<double>(group.arrived), 0};
  case AgendaPolicy::largest:
    return {-size, 0};
  case AgendaPolicy::depth:
    return {static_cast<double>(depths) / size, 0};
  case AgendaPolicy::fewest_kinds:
    break;
  }
  return {static_cast<double>(kinds) / size, -size};
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
  std::sort(group.members.begin(), group.members.end(), earlier);
  return group;
}
//< agenda

} // namespace tapestry::inline TAPESTRY_PRECISION
