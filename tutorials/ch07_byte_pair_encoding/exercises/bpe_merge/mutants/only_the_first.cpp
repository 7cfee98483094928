// A word can have the pair several times: each of them is merged.
std::map<std::pair<std::string, std::string>, std::int64_t>
count_pairs(const std::map<Symbols, std::int64_t>& vocabulary) {
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs;
  for (const auto& [word, count] : vocabulary)
    for (std::size_t i = 0; i + 1 < word.size(); ++i) pairs[{word[i], word[i + 1]}] += count;
  return pairs;
}

Symbols merge_pair(const Symbols& word, const std::string& left, const std::string& right) {
  Symbols merged = word;
  for (std::size_t i = 0; i + 1 < merged.size(); ++i)
    if (merged[i] == left && merged[i + 1] == right) {
      merged[i] += right;
      merged.erase(merged.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return merged;
    }
  return merged;
}
