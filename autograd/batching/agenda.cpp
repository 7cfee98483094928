#include "autograd/batching/agenda.hpp"

#include <algorithm>
#include <utility>

namespace tapestry::inline TAPESTRY_PRECISION {

void Agenda::add(const Waiting& waiting) {
  const Signature signature(*waiting.request);
  const std::size_t now = arrivals_++;
  for (WaitingGroup& group : groups_)
    if (group.signature == signature) {
      group.members.push_back(waiting);
      return;
    }
  groups_.push_back({signature, {waiting}, now, program_.emplace(signature, now).first->second});
}

void Agenda::remove(const void* owner) {
  for (WaitingGroup& group : groups_)
    std::erase_if(group.members, [=](const Waiting& w) { return w.owner == owner; });
  std::erase_if(groups_, [](const WaitingGroup& group) { return group.members.empty(); });
}

//> agenda
// The lowest rank runs. Whoever is not chosen waits on, and the longer, the more join it: so what
// others can still reach should run last. Depth takes for that what has few operators before it. A
// short sentence breaks this: its second loop is less deep than the first loop of a long one. What
// its program reaches first does not depend on how long an example is.
double Agenda::rank(const WaitingGroup& group) const {
  switch (policy_) {
  case AgendaPolicy::first_come:
    return static_cast<double>(group.arrived);
  case AgendaPolicy::largest:
    return -static_cast<double>(group.members.size());
  case AgendaPolicy::program_order:
    return static_cast<double>(group.first_of_kind);
  case AgendaPolicy::depth:
    break;
  }
  double total = 0;
  for (const Waiting& w : group.members) total += static_cast<double>(w.depth);
  return total / static_cast<double>(group.members.size());
}

WaitingGroup Agenda::next() {
  std::size_t best = 0;
  double lowest = rank(groups_[0]);
  for (std::size_t i = 1; i < groups_.size(); ++i)
    if (const double r = rank(groups_[i]); r < lowest) best = i, lowest = r;
  WaitingGroup group = std::move(groups_[best]);
  groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(best));
  const auto earlier = [](const Waiting& a, const Waiting& b) { return a.example < b.example; };
  std::sort(group.members.begin(), group.members.end(), earlier);
  return group;
}
//< agenda

} // namespace tapestry::inline TAPESTRY_PRECISION
