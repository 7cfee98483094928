// The text may end in the middle of a sequence: count what is left after `at`, not what the whole text has.
CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  constexpr CodePoint replacement{0xFFFD, 1, false};
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  // A first byte says how many follow by its leading ones; what is left of it are the highest bits.
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC0 || first >= 0xF8 || text.size() < bytes) return replacement;
  char32_t value = first & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return replacement;
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // for so many bytes
  if (value < least[bytes] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return replacement;
  return {value, bytes, true};
}
