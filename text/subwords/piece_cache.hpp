// The tokens of pieces that came before: in any text, most pieces are a few thousand.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace tapestry {

/// Pieces of up to 15 bytes that are up to 3 tokens, each in the one slot that its hash names; a
/// later piece takes the slot of an earlier one.
class PieceCache {
public:
  static constexpr std::size_t most_bytes = 15, most_tokens = 3;

  /// A piece's bytes and its length, in two numbers.
  struct Key {
    std::uint64_t low = 0, high = 0;
    bool operator==(const Key&) const = default;
  };
  struct Slot {
    Key key;
    std::array<int, most_tokens> tokens{};
    std::uint32_t count = 0;
  };

  PieceCache() : slots_(std::size_t{1} << bits) {}

  /// The key of the piece of `length` <= most_bytes at `at`, of which 16 bytes can be read.
  static Key key_of_16(const char* at, std::size_t length) {
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), at, 16);
    // In the bytes beyond the piece, zeros; in the last one, the length.
    const std::size_t low = length < 8 ? length : 8, high = length - low;
    const auto mask = [](std::size_t bytes) {
      return bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * bytes) - 1;
    };
    return {words[0] & mask(low), (words[1] & mask(high)) | std::uint64_t{length} << 56};
  }
  static Key key_of(std::string_view piece) {
    std::array<char, 16> bytes{};
    std::memcpy(bytes.data(), piece.data(), piece.size());
    return key_of_16(bytes.data(), piece.size());
  }

  Slot& slot(const Key& key) {
    const std::uint64_t mixed = (key.low ^ std::rotl(key.high, 32)) * 0x9E3779B97F4A7C15;
    return slots_[(mixed ^ key.high * 0xD6E8FEB86659FD93) >> (64 - bits)];
  }

private:
  static constexpr int bits = 15; // one megabyte
  std::vector<Slot> slots_;
};

} // namespace tapestry
