#include "text/subwords/valid_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "text/subwords/character_class.hpp"

namespace tapestry {

namespace {

constexpr std::string_view replacement_text = "\uFFFD";

/// How many bytes at `at`, where no character is, begin like one: at least 1.
std::size_t broken_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0xE0 || first > 0xF4) return 1; // of two bytes, the first one is all
  // What may follow these: nothing else begins a character.
  const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < least || second > most) return 1;
  return first >= 0xF0 && (byte(2) & 0xC0) == 0x80 ? 3 : 2;
}

} // namespace

std::size_t first_invalid(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (std::uint64_t eight; at + 8 <= text.size()) {
      std::memcpy(&eight, text.data() + at, 8);
      if ((eight & 0x8080808080808080) == 0) {
        at += 8;
        continue;
      }
    }
    const Character c = character_at(text, at);
    if (!c.valid) return at;
    at += c.bytes;
  }
  return at;
}

ValidText::ValidText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t good = first_invalid(text.substr(at));
    text_.append(text.substr(at, good));
    at += good;
    if (at == text.size()) break;
    const std::size_t bytes = broken_bytes(text, at);
    replaced_.push_back({text_.size(), at, bytes});
    text_ += replacement_text;
    at += bytes;
  }
}

Span ValidText::original(Span span) const {
  // The original place of a byte: as far behind the last replacement before it as it is here.
  const auto place = [&](std::size_t at, bool is_end) {
    const auto after = std::upper_bound(replaced_.begin(), replaced_.end(), at,
                                        [&](std::size_t value, const Replaced& r) {
                                          return is_end ? value <= r.at : value < r.at;
                                        });
    if (after == replaced_.begin()) return at;
    const Replaced& last = *(after - 1);
    const std::size_t behind = at - last.at;
    if (behind >= replacement_text.size())
      return last.begin + last.bytes + behind - replacement_text.size();
    return is_end ? last.begin + last.bytes : last.begin;
  };
  return {place(span.begin, false), place(span.end, span.end > span.begin)};
}

} // namespace tapestry
