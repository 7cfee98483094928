// The right one of the pair is in the merged symbol; it must not stand behind it again.
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
  }
  return merged;
}
