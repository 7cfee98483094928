// Of several places with the lowest rank, the leftmost is merged: a later one must not replace it.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  for (;;) {
    std::size_t best = 0;
    const std::uint32_t* lowest = nullptr;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const std::uint32_t* rank = table.rank(ids[i], ids[i + 1]);
      if (rank && (!lowest || *rank <= *lowest)) lowest = rank, best = i;
    }
    if (!lowest) return ids;
    ids[best] = table.merges()[*lowest].result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}
