// Fingerprints of bytes, by which a cache knows what it has seen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tapestry {

constexpr std::size_t digest_length = 32;

/// 32 hexadecimal digits: XXH3, 128 bits (https://xxhash.com). It finds every accident, but does
/// not resist whoever wants two texts of one digest.
std::string digest_of(std::string_view bytes);

/// The same for a file, read in pieces. Throws FormatError as read_file does.
std::string digest_of_file(const std::string& path);

} // namespace tapestry
