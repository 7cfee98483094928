#include "text/subwords/merge_queue.hpp"

#include <queue>

namespace tapestry {

namespace {

struct Place {
  std::uint32_t rank, at;
  int left, right, result;
  bool operator>(const Place& other) const {
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};

} // namespace

std::vector<std::uint32_t>
merge_by_rank(std::vector<int>& ids, const std::function<const RankedMerge*(int, int)>& merge_of,
              const QueueOptions& options) {
  const auto n = static_cast<std::uint32_t>(ids.size());
  // A symbol stands where its first part stood; its neighbours are found from there.
  std::vector<std::uint32_t> next(n + 1), before(n + 1);
  std::priority_queue<Place, std::vector<Place>, std::greater<>> queue;
  std::vector<Place> waiting;
  const auto look_at = [&](std::uint32_t at, bool now) {
    const std::uint32_t right = next[at];
    if (right == n || ids[at] < 0 || ids[right] < 0) return;
    if (const RankedMerge* merge = merge_of(ids[at], ids[right])) {
      const Place place{merge->rank, at, ids[at], ids[right], merge->result};
      now ? queue.push(place) : waiting.push_back(place);
    }
  };
  for (std::uint32_t i = 0; i <= n; ++i) next[i] = i + 1, before[i] = i - 1;
  for (std::uint32_t i = 0; i < n; ++i) look_at(i, true);

  constexpr int gone = -2;
  std::uint32_t round = 0;
  const auto release = [&] {
    for (const Place& place : waiting) queue.push(place);
    waiting.clear();
  };
  while (!queue.empty()) {
    const Place place = queue.top();
    if (options.in_rounds && place.rank != round && !waiting.empty()) {
      release(); // this round is over
      continue;
    }
    queue.pop();
    round = place.rank;
    const std::uint32_t at = place.at, right = next[at];
    const bool there = ids[at] == place.left && right < n && ids[right] == place.right;
    if (there && options.drop && options.drop()) {
      waiting.push_back(place);
      continue;
    }
    if (there) {
      ids[at] = place.result;
      ids[right] = gone;
      next[at] = next[right];
      before[next[at]] = at;
      look_at(at, !options.in_rounds);
      if (at > 0) look_at(before[at], !options.in_rounds);
      if (options.drop) release(); // what was left out may come next time
    }
    if (queue.empty() && options.in_rounds) release();
  }

  std::vector<std::uint32_t> lengths;
  std::vector<int> left;
  for (std::uint32_t i = 0; i < n; i = next[i]) {
    left.push_back(ids[i]);
    lengths.push_back(next[i] - i);
  }
  ids = std::move(left);
  return lengths;
}

} // namespace tapestry
