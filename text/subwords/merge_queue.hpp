// Merging the symbols of a long word: a queue of the pairs that can be merged, the lowest rank
// first.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace tapestry {

/// What a pair of symbols becomes, and when.
struct RankedMerge {
  std::uint32_t rank;
  int result;
};

struct QueueOptions {
  /// Whether all places of a pair are merged before a pair that came up meanwhile, even one of
  /// lower rank, as subword-nmt does; else always the lowest rank. The same if every merge comes
  /// after those that make its parts.
  bool in_rounds = false;
  /// Says whether a merge is left out this time, if it is its turn: BPE-dropout.
  std::function<bool()> drop = {};
};

/// Merges neighbours in `ids` as long as `merge_of(left, right)` finds something, and returns how
/// many of the first symbols each one left stands for. A negative id is never merged.
/// n symbols take O(n log n) time and 40 n bytes.
std::vector<std::uint32_t>
merge_by_rank(std::vector<int>& ids, const std::function<const RankedMerge*(int, int)>& merge_of,
              const QueueOptions& options = {});

} // namespace tapestry
