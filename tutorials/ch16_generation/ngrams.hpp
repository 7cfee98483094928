// What counting alone predicts: the floor of every language model.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "text/metrics/language_score.hpp"

namespace tapestry {

// How often each run of 1 .. longest tokens stands in a text.
class NgramModel {
public:
  NgramModel(const std::vector<int>& ids, std::size_t vocabulary, std::size_t longest)
      : vocabulary_(vocabulary), runs_(longest + 1), contexts_(longest + 1) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      for (std::size_t n = 1; n <= std::min(longest, i + 1); ++n) {
        const std::span<const int> run(ids.data() + i + 1 - n, n);
        ++runs_[n][key(run)];
        ++contexts_[n][key(run.first(n - 1))];
      }
  }

  //> ngrams
  // P(next | the n - 1 tokens before it). Where a context is rare, what the shorter one says counts
  // as k further occurrences (MacKay and Peto 1995). n = 0: all tokens alike.
  double probability(std::span<const int> run, std::size_t n, double k) const {
    double p = 1 / static_cast<double>(vocabulary_);
    for (std::size_t m = 1; m <= std::min(n, run.size()); ++m) {
      const std::span<const int> last = run.last(m);
      p = (count(runs_[m], last) + k * p) / (count(contexts_[m], last.first(m - 1)) + k);
    }
    return p;
  }
  //< ngrams

  // Of every token but the first, as evaluate_stream does it.
  LanguageScore score(const std::vector<int>& ids, std::size_t n, double k) const {
    LanguageScore score;
    for (std::size_t i = 1; i < ids.size(); ++i) {
      const std::size_t run = std::min(std::max<std::size_t>(n, 1), i + 1);
      score.add(-std::log(probability({ids.data() + i + 1 - run, run}, n, k)), 1);
    }
    return score;
  }

private:
  using Counts = std::unordered_map<std::uint64_t, std::uint32_t>;

  // Runs of one length as numbers of base `vocabulary`.
  std::uint64_t key(std::span<const int> run) const {
    std::uint64_t k = 0;
    for (const int id : run) k = k * vocabulary_ + static_cast<std::uint64_t>(id);
    return k;
  }
  double count(const Counts& counts, std::span<const int> run) const {
    const auto found = counts.find(key(run));
    return found == counts.end() ? 0 : static_cast<double>(found->second);
  }

  std::size_t vocabulary_;
  std::vector<Counts> runs_, contexts_; // by the length of the run; contexts: all but its last
};

struct Floor {
  std::string name;
  LanguageScore score;
};

// n = 0 .. longest, k chosen on `dev` for each.
inline std::vector<Floor> floors(const std::vector<int>& train, const std::vector<int>& dev,
                                 const std::vector<int>& measured, std::size_t vocabulary,
                                 std::size_t longest) {
  const NgramModel ngrams(train, vocabulary, longest);
  constexpr std::array names{"uniform", "unigrams", "bigrams", "trigrams"};
  std::vector<Floor> all;
  for (std::size_t n = 0; n <= longest; ++n) {
    double best = 0, least = INFINITY;
    for (const double k : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1000.0})
      if (const double nats = ngrams.score(dev, n, k).nats(); nats < least) best = k, least = nats;
    all.push_back({n < names.size() ? names[n] : std::to_string(n) + "-grams",
                   ngrams.score(measured, n, best)});
  }
  return all;
}

} // namespace tapestry
