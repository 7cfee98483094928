// Letter, number, space or something else: all that the patterns of pieces ask of a character.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tapestry {

enum class CharacterClass : std::uint8_t { other, letter, number, space };

/// A character of UTF-8 as the patterns see it.
struct Character {
  CharacterClass kind;
  std::uint8_t bytes; ///< 1 .. 4
  bool valid;         ///< false for a byte that belongs to no character: `other`, one byte
};

/// The class of each ASCII character.
extern const std::array<CharacterClass, 128> ascii_classes;

/// The character at byte `at` < text.size(), whose first byte is not ASCII.
Character wide_character_at(std::string_view text, std::size_t at);

/// The character at byte `at` < text.size().
inline Character character_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {ascii_classes[byte], 1, true};
  return wide_character_at(text, at);
}

} // namespace tapestry
