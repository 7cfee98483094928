// 256 visible characters, one for each byte: how files of byte-level vocabularies write bytes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace tapestry {

/// The character that stands for each byte, as GPT-2's bytes_to_unicode() has it: a printable
/// character of Latin-1 stands for its own byte; the other 68 bytes get U+0100, U+0101, ... in
/// order. So a space is U+0120, Ġ, and a line feed U+010A, Ċ.
const std::array<char32_t, 256>& byte_alphabet();

/// Any bytes as characters of the alphabet, in UTF-8.
std::string spell_bytes(std::string_view bytes);
/// The inverse; nothing if `text` has a character that is not of the alphabet, or is not UTF-8.
std::optional<std::string> unspell_bytes(std::string_view text);

} // namespace tapestry
