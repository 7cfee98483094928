// Batches of programs that are rows of operators, each a letter, and who runs when. A program is
// known beforehand here, so that what cannot know the future stands beside what does.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "autograd/batching/agenda.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

using Programs = std::vector<std::string>;

/// One call, of one letter, for some examples.
struct Served {
  char op;
  std::vector<std::size_t> examples;
};
using Plan = std::vector<Served>;

/// A request that has nothing but a name: of letters A .. z.
inline const Request& request_of(char op) {
  static const auto names = [] {
    std::array<std::array<char, 2>, 128> all{};
    for (std::size_t c = 0; c < 128; ++c) all[c] = {static_cast<char>(c), 0};
    return all;
  }();
  static std::map<char, Request> all;
  const auto found = all.find(op);
  if (found != all.end()) return found->second;
  return all.emplace(op, Request{names[static_cast<std::size_t>(op)].data(), Caller::here(), {}})
      .first->second;
}

//> by-agenda
/// As run_together does it: each program is at one place, and shows nothing of what follows.
inline Plan by_agenda(const Programs& programs, AgendaPolicy policy) {
  Agenda agenda(policy);
  std::vector<std::size_t> at(programs.size(), 0);
  const auto wait = [&](std::size_t i) {
    if (at[i] < programs[i].size()) agenda.add({&request_of(programs[i][at[i]]), i, at[i], &at[i]});
  };
  for (std::size_t i = 0; i < programs.size(); ++i) wait(i);
  Plan plan;
  while (!agenda.empty()) {
    const WaitingGroup group = agenda.next();
    plan.push_back({group.signature.op()[0], {}});
    for (const Waiting& w : group.members) {
      plan.back().examples.push_back(w.example);
      ++at[w.example];
    }
    for (const Waiting& w : group.members) wait(w.example);
  }
  return plan;
}
//< by-agenda

//> by-depth
/// All operators of one depth and one letter are one call (Looks et al. 2017).
inline Plan by_depth(const Programs& programs) {
  std::map<std::pair<std::size_t, char>, std::vector<std::size_t>> calls;
  for (std::size_t i = 0; i < programs.size(); ++i)
    for (std::size_t d = 0; d < programs[i].size(); ++d) calls[{d, programs[i][d]}].push_back(i);
  Plan plan;
  for (const auto& [of, examples] : calls) plan.push_back({of.second, examples});
  return plan;
}
//< by-depth

//> by-mean-depth
/// Of the letters that can run now, the one whose mean depth over all programs is the least
/// (Neubig, Goldberg and Dyer 2017).
inline Plan by_mean_depth(const Programs& programs) {
  std::map<char, std::pair<double, double>> depths; // sum, count
  for (const std::string& p : programs)
    for (std::size_t d = 0; d < p.size(); ++d)
      depths[p[d]].first += static_cast<double>(d), ++depths[p[d]].second;
  const auto mean = [&](char op) { return depths[op].first / depths[op].second; };
  std::vector<std::size_t> at(programs.size(), 0);
  Plan plan;
  for (;;) {
    std::map<char, std::vector<std::size_t>> ready;
    for (std::size_t i = 0; i < programs.size(); ++i)
      if (at[i] < programs[i].size()) ready[programs[i][at[i]]].push_back(i);
    if (ready.empty()) return plan;
    const auto best = std::min_element(ready.begin(), ready.end(), [&](auto& a, auto& b) {
      return mean(a.first) < mean(b.first);
    });
    plan.push_back({best->first, best->second});
    for (const std::size_t i : best->second) ++at[i];
  }
}
//< by-mean-depth

/// The fewest calls there can be: the shortest text of which every program is a part, letters in
/// their order. Tries all places, so only for few and short programs.
inline std::size_t fewest_calls(const Programs& programs) {
  using Place = std::vector<std::size_t>;
  std::set<Place> seen;
  std::queue<std::pair<Place, std::size_t>> open; // the nearest first
  open.push({Place(programs.size(), 0), 0});
  for (;; open.pop()) {
    const auto& [at, calls] = open.front();
    std::set<char> next;
    for (std::size_t i = 0; i < at.size(); ++i)
      if (at[i] < programs[i].size()) next.insert(programs[i][at[i]]);
    if (next.empty()) return calls;
    for (const char op : next) {
      Place after = at; // whoever can go along does: to wait never helps
      for (std::size_t i = 0; i < at.size(); ++i)
        if (at[i] < programs[i].size() && programs[i][at[i]] == op) ++after[i];
      if (seen.insert(after).second) open.push({after, calls + 1});
    }
  }
}

/// No plan is shorter: a program with five F needs five calls of F.
inline std::size_t at_least(const Programs& programs) {
  std::map<char, std::size_t> most;
  for (const std::string& p : programs)
    for (const char op : std::set<char>(p.begin(), p.end()))
      most[op] = std::max(most[op], static_cast<std::size_t>(std::count(p.begin(), p.end(), op)));
  std::size_t sum = 0;
  for (const auto& [op, n] : most) sum += n;
  return sum;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
