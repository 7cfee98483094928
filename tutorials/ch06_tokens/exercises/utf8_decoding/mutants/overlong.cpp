// A value that fits into fewer bytes is not valid with more: C0 80 would be a second way to write the byte 0.
CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  constexpr CodePoint replacement{0xFFFD, 1, false};
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  // A first byte says how many follow by its leading ones; what is left of it are the highest bits.
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC0 || first >= 0xF8 || text.size() - at < bytes) return replacement;
  char32_t value = first & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return replacement;
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return replacement;
  return {value, bytes, true};
}
