#include "text/subwords/learn_bpe_plain.hpp"

#include "text/subwords/character_class.hpp"

namespace tapestry {

Symbols symbols_of(std::string_view word) {
  Symbols symbols;
  for (std::size_t at = 0; at < word.size(); at += symbols.back().size())
    symbols.emplace_back(word.substr(at, character_at(word, at).bytes));
  if (!symbols.empty()) symbols.back() += "</w>";
  return symbols;
}

//> bpe-merge
std::map<std::pair<std::string, std::string>, std::int64_t>
count_pairs(const std::map<Symbols, std::int64_t>& vocabulary) {
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs;
  for (const auto& [word, count] : vocabulary)
    for (std::size_t i = 0; i + 1 < word.size(); ++i) pairs[{word[i], word[i + 1]}] += count;
  return pairs;
}

Symbols merge_pair(const Symbols& word, const std::string& left, const std::string& right) {
  Symbols merged;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool here = i + 1 < word.size() && word[i] == left && word[i + 1] == right;
    merged.push_back(here ? left + right : word[i]);
    if (here) ++i;
  }
  return merged;
}
//< bpe-merge

//> algorithm-1
std::vector<SymbolMerge> learn_bpe_plain(const std::map<std::string, std::int64_t>& words,
                                         std::size_t merges, std::int64_t min_count) {
  std::map<Symbols, std::int64_t> vocabulary;
  for (const auto& [word, count] : words) vocabulary[symbols_of(word)] += count;
  std::vector<SymbolMerge> learned;
  while (learned.size() < merges) {
    const std::pair<std::string, std::string>* best = nullptr;
    std::int64_t most = 0;
    const auto pairs = count_pairs(vocabulary);
    for (const auto& [pair, count] : pairs) // in the order of their bytes: the greatest comes last
      if (count >= most) best = &pair, most = count;
    if (!best || most < min_count) break;
    learned.push_back({best->first, best->second});
    std::map<Symbols, std::int64_t> merged;
    for (const auto& [word, count] : vocabulary)
      merged[merge_pair(word, best->first, best->second)] += count;
    vocabulary = std::move(merged);
  }
  return learned;
}
//< algorithm-1

} // namespace tapestry
