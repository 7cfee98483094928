// Characters for bytes that cannot be seen are numbered without gaps: 0x100 and how many came before, not 0x100 and the byte.
const std::array<char32_t, 256>& byte_alphabet() {
  static const std::array<char32_t, 256> alphabet = [] {
    std::array<char32_t, 256> points;
    const char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      points[byte] = printable ? byte : next + byte;
    }
    return points;
  }();
  return alphabet;
}

std::optional<std::string> unspell_bytes(std::string_view text) {
  static const std::unordered_map<char32_t, char> byte_of = [] {
    std::unordered_map<char32_t, char> bytes;
    for (std::size_t byte = 0; byte < 256; ++byte)
      bytes[byte_alphabet()[byte]] = static_cast<char>(byte);
    return bytes;
  }();
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const auto found = byte_of.find(c.value);
    if (found == byte_of.end()) return std::nullopt;
    bytes += found->second;
    at += c.bytes;
  }
  return bytes;
}
