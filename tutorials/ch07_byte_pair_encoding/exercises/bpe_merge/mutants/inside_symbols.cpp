// The pair was found inside longer symbols: compare whole symbols, not the letters at their borders.
std::map<std::pair<std::string, std::string>, std::int64_t>
count_pairs(const std::map<Symbols, std::int64_t>& vocabulary) {
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs;
  for (const auto& [word, count] : vocabulary)
    for (std::size_t i = 0; i + 1 < word.size(); ++i) pairs[{word[i], word[i + 1]}] += count;
  return pairs;
}

Symbols merge_pair(const Symbols& word, const std::string& left, const std::string& right) {
  std::string text; // the symbols with spaces between, and then a search for "left right"
  for (const std::string& symbol : word) text += (text.empty() ? "" : " ") + symbol;
  const std::string pair = left + " " + right;
  for (std::size_t at = 0; (at = text.find(pair, at)) != text.npos;) {
    text.replace(at, pair.size(), left + right);
    at += left.size() + right.size();
  }
  Symbols merged;
  std::string symbol;
  for (const char c : text + " ") {
    if (c != ' ')
      symbol += c;
    else if (!symbol.empty())
      merged.push_back(symbol), symbol.clear();
  }
  return merged;
}
