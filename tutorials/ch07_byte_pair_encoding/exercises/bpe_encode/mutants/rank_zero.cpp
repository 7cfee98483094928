// The first merge has the rank 0, and is a merge like the others: null is the pointer that means none.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  for (;;) {
    std::size_t best = 0;
    std::uint32_t lowest = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const std::uint32_t* found = table.rank(ids[i], ids[i + 1]);
      const std::uint32_t rank = found ? *found : 0;
      if (rank != 0 && (lowest == 0 || rank < lowest)) lowest = rank, best = i;
    }
    if (lowest == 0) return ids;
    ids[best] = table.merges()[lowest].result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}
