// What byte-pair encoding has learned: tokens, and which pairs of them become one, in which order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/subwords/pair_map.hpp"

namespace tapestry {

/// The tokens `left` and `right`, side by side, become the token `result`.
struct Merge {
  int left, right, result;
  bool operator==(const Merge&) const = default;
};

/// The merges by rank, the earliest first, over tokens that are bytes. Every single byte is a
/// token.
class MergeTable {
public:
  /// tokens[id]: its bytes; an id without a token has none.
  /// Throws std::invalid_argument: a byte without a token, two tokens of the same bytes, a merge of
  /// ids that do not exist, whose result is not its parts one after the other, or that is doubled.
  MergeTable(std::vector<std::string> tokens, std::vector<Merge> merges);

  const std::vector<std::string>& tokens() const { return tokens_; }
  const std::vector<Merge>& merges() const { return merges_; }
  int byte_id(unsigned char byte) const { return byte_ids_[byte]; }

  /// The rank of the merge of this pair: merges()[*rank(left, right)]. Null if there is none.
  const std::uint32_t* rank(int left, int right) const { return ranks_.find(left, right); }

private:
  std::vector<std::string> tokens_;
  std::vector<Merge> merges_;
  std::vector<int> byte_ids_;
  PairMap ranks_;
};

/// The tokens of a piece as the definition has it: as long as two neighbours can be merged, merge
/// those of the lowest rank, the leftmost of several. To be read: time grows with the square of the
/// piece's length.
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece);

} // namespace tapestry
