// Scores of translations by the length of what was translated.
#pragma once

#include "translating.hpp"

namespace tapestry {

struct LengthGroup {
  std::size_t least, most; ///< words of the source
  std::size_t sentences = 0;
  TranslationScores scores = {};
};

inline std::vector<LengthGroup> scores_by_length(const std::vector<std::string>& said,
                                                 const std::vector<SentencePair>& pairs) {
  std::vector<LengthGroup> groups{{1, 5}, {6, 10}, {11, 15}, {16, 20}, {21, 100'000}};
  for (LengthGroup& g : groups) {
    std::vector<std::string> some;
    std::vector<SentencePair> of_them;
    for (std::size_t i = 0; i < said.size(); ++i)
      if (const std::size_t n = split_words(pairs[i].source).size(); n >= g.least && n <= g.most)
        some.push_back(said[i]), of_them.push_back(pairs[i]);
    g.sentences = some.size();
    if (!some.empty()) g.scores = score(some, of_them);
  }
  std::erase_if(groups, [](const LengthGroup& g) { return g.sentences == 0; });
  return groups;
}

/// "6-10", "21-"
inline std::string name_of(const LengthGroup& g) {
  return g.most == 100'000 ? fmt::format("{}-", g.least) : fmt::format("{}-{}", g.least, g.most);
}

inline void print_by_length(const std::vector<LengthGroup>& groups) {
  fmt::print("\nwords of the source  sentences   BLEU   chrF\n");
  for (const LengthGroup& g : groups)
    fmt::print("{:>19}{:>11}{:>7.1f}{:>7.1f}\n", name_of(g), g.sentences, g.scores.bleu.score,
               g.scores.chrf.score);
}

} // namespace tapestry
