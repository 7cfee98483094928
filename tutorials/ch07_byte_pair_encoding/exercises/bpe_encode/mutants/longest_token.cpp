// These are the longest tokens that fit from the left. Byte-pair encoding joins by rank, and may never make the longest.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (std::size_t at = 0; at < piece.size();) {
    std::size_t longest = 0;
    int found = 0;
    for (std::size_t id = 0; id < table.tokens().size(); ++id) {
      const std::string& token = table.tokens()[id];
      if (token.size() > longest && piece.substr(at).starts_with(token))
        longest = token.size(), found = static_cast<int>(id);
    }
    ids.push_back(found);
    at += longest;
  }
  return ids;
}
