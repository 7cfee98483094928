#include "text/subwords/learn_bpe.hpp"

#include <algorithm>
#include <queue>
#include <stdexcept>
#include <unordered_map>

#include "text/subwords/learn_bpe_plain.hpp"

namespace tapestry {

namespace {

constexpr std::uint32_t none = UINT32_MAX;

class Learner {
public:
  Learner(TrainingWords& words, Ties ties) : words_(words), ids_(words.symbols), ties_(ties) {
    if (ids_.size() >= none)
      throw std::invalid_argument("byte-pair encoding: the words have 2^32 symbols or more");
    const auto n = static_cast<std::uint32_t>(ids_.size());
    next_.assign(n, none), before_.assign(n, none), word_of_.resize(n);
    for (std::size_t w = 0; w < words.begins.size(); ++w) {
      const std::uint32_t end = w + 1 < words.begins.size() ? words.begins[w + 1] : n;
      for (std::uint32_t at = words.begins[w]; at < end; ++at) {
        word_of_[at] = static_cast<std::uint32_t>(w);
        if (at + 1 < end) next_[at] = at + 1, before_[at + 1] = at;
      }
    }
    for (std::size_t id = 0; id < words.names.size(); ++id)
      symbols_.emplace(words.names[id], static_cast<int>(id));
    for (std::uint32_t at = 0; at < n; ++at)
      if (next_[at] != none) add(at);
    push_grown();
  }

  /// The most frequent pair, or null if it comes less often than `min_count` times.
  const Merge* most_frequent(std::int64_t min_count) {
    while (!heap_.empty()) {
      const Entry entry = heap_.top();
      const std::int64_t count = pairs_[entry.pair].count;
      if (count == entry.count && count >= min_count) return &pairs_[entry.pair].merge;
      heap_.pop();
      if (count >= min_count && count < entry.count) push(entry.pair);
    }
    return nullptr;
  }

  /// Merges the pair at the top of the heap.
  Merge merge_top() {
    const std::uint32_t top = heap_.top().pair;
    heap_.pop();
    Pair& pair = pairs_[top];
    Merge merge = pair.merge;
    merge.result = symbol(words_.names[static_cast<std::size_t>(merge.left)] +
                          words_.names[static_cast<std::size_t>(merge.right)]);
    std::vector<std::uint32_t> places;
    places.swap(pair.places);
    if (!std::is_sorted(places.begin(), places.end())) std::sort(places.begin(), places.end());
    //> merge-places
    for (const std::uint32_t at : places) {
      const std::uint32_t right = ids_[at] == merge.left ? next_[at] : none;
      if (right == none || ids_[right] != merge.right) continue; // another merge has changed it
      const std::uint32_t before = before_[at], after = next_[right];
      if (before != none) take(before);
      if (after != none) take(right);
      ids_[at] = merge.result;
      ids_[right] = gone;
      next_[at] = after;
      if (after != none) before_[after] = at;
      if (before != none) add(before);
      if (after != none) add(at);
    }
    //< merge-places
    pairs_[top].count = 0;
    push_grown();
    return merge;
  }

private:
  static constexpr int gone = -1;

  struct Pair {
    Merge merge;
    std::int64_t count = 0;
    bool grown = false; // since push_grown()
    std::vector<std::uint32_t> places;
  };
  struct Entry {
    std::int64_t count;
    std::uint32_t pair;
  };

  int symbol(const std::string& name) {
    const auto [found, added] = symbols_.emplace(name, static_cast<int>(words_.names.size()));
    if (added) words_.names.push_back(name);
    return found->second;
  }
  std::int64_t weight(std::uint32_t at) const { return words_.counts[word_of_[at]]; }

  /// The pair at `at` is there; it is there no longer.
  void add(std::uint32_t at) {
    const int left = ids_[at], right = ids_[next_[at]];
    const auto [i, added] = table_.add(left, right, static_cast<std::uint32_t>(pairs_.size()));
    if (added) pairs_.push_back({{left, right, 0}, 0, false, {}});
    Pair& pair = pairs_[i];
    pair.count += weight(at);
    pair.places.push_back(at);
    if (!pair.grown) pair.grown = true, grown_.push_back(i);
  }
  void take(std::uint32_t at) {
    pairs_[*table_.find(ids_[at], ids_[next_[at]])].count -= weight(at);
  }

  void push_grown() {
    for (const std::uint32_t pair : grown_) {
      pairs_[pair].grown = false;
      if (pairs_[pair].count > 0) push(pair);
    }
    grown_.clear();
  }
  void push(std::uint32_t pair) { heap_.push({pairs_[pair].count, pair}); }
  bool comes_later(const Entry& a, const Entry& b) const {
    if (a.count != b.count) return a.count < b.count;
    const Merge &p = pairs_[a.pair].merge, &q = pairs_[b.pair].merge;
    if (ties_ == Ties::smallest_ids) return p.left != q.left ? p.left > q.left : p.right > q.right;
    const auto name = [&](int id) -> const std::string& {
      return words_.names[static_cast<std::size_t>(id)];
    };
    return p.left != q.left ? name(p.left) < name(q.left) : name(p.right) < name(q.right);
  }
  struct Later {
    const Learner* learner;
    bool operator()(const Entry& a, const Entry& b) const { return learner->comes_later(a, b); }
  };

  TrainingWords& words_;
  std::vector<int>& ids_;
  Ties ties_;
  std::vector<std::uint32_t> next_, before_, word_of_;
  std::unordered_map<std::string, int> symbols_;
  PairMap table_;
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> grown_;
  std::priority_queue<Entry, std::vector<Entry>, Later> heap_{Later{this}};
};

} // namespace

std::vector<Merge> learn_merges(TrainingWords& words, std::size_t merges, std::int64_t min_count,
                                Ties ties) {
  Learner learner(words, ties);
  std::vector<Merge> learned;
  while (learned.size() < merges && learner.most_frequent(std::max<std::int64_t>(min_count, 1)))
    learned.push_back(learner.merge_top());
  return learned;
}

std::vector<SymbolMerge> learn_bpe(const WordCounts& counts, std::size_t merges,
                                   std::int64_t min_count) {
  TrainingWords words;
  std::unordered_map<std::string, int> ids;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    words.begins.push_back(static_cast<std::uint32_t>(words.symbols.size()));
    words.counts.push_back(counts.count(w));
    for (std::string& symbol : symbols_of(counts.word(w))) {
      const auto [id, added] = ids.emplace(std::move(symbol), static_cast<int>(ids.size()));
      if (added) words.names.push_back(id->first);
      words.symbols.push_back(id->second);
    }
  }
  std::vector<SymbolMerge> learned;
  for (const Merge& merge : learn_merges(words, merges, min_count, Ties::greatest_text))
    learned.push_back({words.names[static_cast<std::size_t>(merge.left)],
                       words.names[static_cast<std::size_t>(merge.right)]});
  return learned;
}

ByteBpeModel learn_byte_bpe(const WordCounts& counts, std::size_t merges, PiecePattern pattern,
                            const std::vector<std::string>& special, std::int64_t min_count) {
  TrainingWords words;
  for (int byte = 0; byte < 256; ++byte) words.names.emplace_back(1, static_cast<char>(byte));
  for (std::size_t w = 0; w < counts.size(); ++w) {
    words.begins.push_back(static_cast<std::uint32_t>(words.symbols.size()));
    words.counts.push_back(counts.count(w));
    for (const char c : counts.word(w)) words.symbols.push_back(static_cast<unsigned char>(c));
  }
  ByteBpeModel model;
  model.pattern = pattern;
  model.merges = learn_merges(words, merges, min_count, Ties::smallest_ids);
  model.tokens = std::move(words.names);
  int id = static_cast<int>(model.tokens.size());
  for (const std::string& name : special) model.special.emplace(name, id++);
  return model;
}

} // namespace tapestry
