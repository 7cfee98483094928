// Merges were tried once each, in their order. After each merge all pairs are looked at again: one of lower rank may have come up.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  for (const Merge& merge : table.merges())
    for (std::size_t i = 0; i + 1 < ids.size(); ++i)
      if (ids[i] == merge.left && ids[i + 1] == merge.right) {
        ids[i] = merge.result;
        ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
  return ids;
}
