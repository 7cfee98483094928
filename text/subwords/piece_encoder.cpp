#include "text/subwords/piece_encoder.hpp"

#include <limits>
#include <string>

#include "text/subwords/merge_queue.hpp"

namespace tapestry {

namespace {

std::vector<int> encode_with_queue(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  RankedMerge merge;
  merge_by_rank(ids, [&](int left, int right) -> const RankedMerge* {
    const std::uint32_t* rank = table.rank(left, right);
    if (!rank) return nullptr;
    merge = {*rank, table.merges()[*rank].result};
    return &merge;
  });
  return ids;
}

/// The rank of the last merge that makes one token of these bytes; -1 if they end as several.
std::int64_t last_merge(const MergeTable& table, std::string_view bytes, std::vector<int>& ids) {
  ids.clear();
  for (const char c : bytes) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  std::int64_t last = -1;
  while (ids.size() > 1) {
    std::size_t best = 0;
    last = -1;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i)
      if (const std::uint32_t* rank = table.rank(ids[i], ids[i + 1]);
          rank && (last < 0 || *rank < last))
        last = *rank, best = i;
    if (last < 0) return -1;
    ids[best] = table.merges()[static_cast<std::size_t>(last)].result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
  return last;
}

constexpr std::size_t longest_token = 1000; // more would take too long to look at, and none has it

} // namespace

PieceEncoder::PieceEncoder(const MergeTable& table)
    : table_(&table), tokens_(table.tokens().size()), trie_({}) {
  std::vector<std::pair<std::string_view, int>> made;
  std::vector<int> ids;
  for (std::size_t id = 0; id < tokens_.size(); ++id) {
    const std::string& bytes = table.tokens()[id];
    Token& token = tokens_[id];
    token.length = static_cast<std::uint32_t>(bytes.size());
    if (bytes.size() > longest_token) in_order_ = false;
    if (bytes.size() > 1 && bytes.size() <= longest_token) {
      token.rank = last_merge(table, bytes, ids);
      if (token.rank < 0) continue; // no text has it
      const Merge& merge = table.merges()[static_cast<std::size_t>(token.rank)];
      token.left = merge.left, token.right = merge.right;
    }
    if (!bytes.empty()) made.emplace_back(bytes, static_cast<int>(id));
  }
  for (const Token& token : tokens_)
    if (token.left >= 0 && (tokens_[static_cast<std::size_t>(token.left)].rank >= token.rank ||
                            tokens_[static_cast<std::size_t>(token.right)].rank >= token.rank))
      in_order_ = false;
  if (!in_order_) return;
  trie_ = TokenTrie(made);
  for (const auto& [bytes, id] : made)
    tokens_[static_cast<std::size_t>(id)].shorter =
        trie_.longest(bytes.substr(0, bytes.size() - 1));
}

//> fit
bool PieceEncoder::fit(int left, int right) const {
  // The merges of both, undone from the last: at any time these two stand at the border. Only a
  // merge that comes before what was undone last would have crossed it.
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (;;) {
    const Token& a = tokens_[static_cast<std::size_t>(left)];
    const Token& b = tokens_[static_cast<std::size_t>(right)];
    if (const std::uint32_t* rank = table_->rank(left, right); rank && *rank < before) return false;
    if (a.rank < 0 && b.rank < 0) return true;
    if (a.rank > b.rank)
      before = a.rank, left = a.right;
    else
      before = b.rank + 1, right = b.left; // of equal pairs, the one at the border comes first
  }
}
//< fit

bool PieceEncoder::fit(int left, int right, PieceMemory& memory) const {
  const std::uint64_t pair =
      std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
  std::uint64_t& slot = memory.fits[((pair ^ pair >> 29) * 0x9E3779B97F4A7C15) >> 49];
  if (slot >> 1 != pair + 1) slot = (pair + 1) << 1 | static_cast<std::uint64_t>(fit(left, right));
  return slot & 1;
}

//> backtrack
void PieceEncoder::backtrack(std::string_view piece, int token, std::vector<int>& ids,
                             PieceMemory& memory) const {
  const std::size_t first = ids.size();
  std::vector<std::uint64_t>& given_up = memory.given_up;
  given_up.assign(piece.size() / 64 + 1, 0);
  for (std::size_t at = 0;;) {
    const std::size_t end = at + tokens_[static_cast<std::size_t>(token)].length;
    const bool leads_on = (given_up[end / 64] >> end % 64 & 1) == 0;
    if (leads_on && (ids.size() == first || fit(ids.back(), token, memory))) {
      ids.push_back(token);
      if (end == piece.size()) return;
      at = end;
      token = trie_.longest(piece.substr(at));
    } else if (const int shorter = tokens_[static_cast<std::size_t>(token)].shorter; shorter >= 0) {
      token = shorter;
    } else {
      given_up[at / 64] |= std::uint64_t{1} << at % 64;
      token = ids.back();
      ids.pop_back();
      at -= tokens_[static_cast<std::size_t>(token)].length;
    }
  }
}
//< backtrack

void PieceEncoder::encode(std::string_view piece, std::vector<int>& ids,
                          PieceMemory& memory) const {
  if (piece.empty()) return;
  if (!in_order_) {
    const std::vector<int> merged = encode_with_queue(*table_, piece);
    ids.insert(ids.end(), merged.begin(), merged.end());
    return;
  }
  const int token = trie_.longest(piece);
  if (tokens_[static_cast<std::size_t>(token)].length == piece.size())
    ids.push_back(token);
  else
    backtrack(piece, token, ids, memory);
}

} // namespace tapestry
