// Of two words that are equally frequent the one that is less, compared byte by byte, comes first.
Vocabulary Vocabulary::from_counts(const std::unordered_map<std::string, std::uint64_t>& counts,
                                   std::uint64_t min_count, std::size_t max_words) {
  if (counts.contains(""))
    throw std::invalid_argument("vocabulary: a sentence holds an empty word");
  Vocabulary vocabulary;
  std::vector<std::pair<std::string, std::uint64_t>> kept;
  for (const auto& [word, count] : counts) // a special word in a text keeps its own id
    if (count >= min_count && !vocabulary.contains(word)) kept.emplace_back(word, count);
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first > b.first;
  });
  kept.resize(std::min(kept.size(), max_words));
  for (const auto& entry : kept) vocabulary.add(entry.first);
  return vocabulary;
}
