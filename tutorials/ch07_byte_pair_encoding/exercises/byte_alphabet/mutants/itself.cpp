// A byte that cannot be seen came back as it was: only characters of the alphabet stand for bytes, and a space is none.
const std::array<char32_t, 256>& byte_alphabet() {
  static const std::array<char32_t, 256> alphabet = [] {
    std::array<char32_t, 256> points;
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      points[byte] = printable ? byte : next++;
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
    if (found == byte_of.end() && (c.value >= 256 || !c.valid)) return std::nullopt;
    bytes += found == byte_of.end() ? static_cast<char>(c.value) : found->second;
    at += c.bytes;
  }
  return bytes;
}
