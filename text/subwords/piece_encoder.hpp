// The tokens of a piece in linear time: from left to right, and back where it leads nowhere.
//
// Two tokens fit if byte-pair encoding cuts their bytes, alone, into just these two. Merges inside
// a part of a piece go as they would if the part stood alone, as long as none crosses its borders.
// So a row of tokens is what byte-pair encoding makes of a piece if and only if each of them is
// what it makes of the token's own bytes, and all neighbours fit: the first merge across a border
// would have come for the two tokens there alone as well.
//
// The encoder takes the longest token that fits what it has, and goes on after it. Where none
// fits, no row of tokens goes through this place; it takes the last token back and tries shorter
// ones. A place is given up once at most, so the time is linear.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/subwords/merge_table.hpp"
#include "text/subwords/token_trie.hpp"

namespace tapestry {

/// What an encoder writes while it works; each thread has its own.
class PieceMemory {
public:
  PieceMemory() : fits(1 << 15, 0) {}

  std::vector<std::uint64_t> fits;     ///< pairs that were looked at lately, and whether they fit
  std::vector<std::uint64_t> given_up; ///< bits, one a place
};

class PieceEncoder {
public:
  /// Keeps a reference to the table.
  explicit PieceEncoder(const MergeTable& table);

  /// Appends what encode_plain() returns.
  void encode(std::string_view piece, std::vector<int>& ids, PieceMemory& memory) const;

  /// Whether each merge comes after those that make its parts. Only then is encode() linear; else
  /// it merges with a queue, in O(n log n).
  bool in_order() const { return in_order_; }
  /// Whether byte-pair encoding makes this token of its own bytes; if not, no text has it.
  bool is_made(int id) const {
    const Token& token = tokens_[static_cast<std::size_t>(id)];
    return token.length == 1 || token.rank >= 0;
  }

private:
  bool fit(int left, int right) const;
  bool fit(int left, int right, PieceMemory& memory) const;
  void backtrack(std::string_view piece, int token, std::vector<int>& ids,
                 PieceMemory& memory) const;

  struct Token {
    int left = -1, right = -1; // its last merge; none of a byte
    int shorter = -1;          // the longest token that it begins with, but for itself
    std::int64_t rank = -1;    // of its last merge
    std::uint32_t length = 0;
  };

  const MergeTable* table_;
  std::vector<Token> tokens_;
  bool in_order_ = true;
  TokenTrie trie_;
};

} // namespace tapestry
