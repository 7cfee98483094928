#include "text/subwords/merge_table.hpp"

#include <stdexcept>
#include <unordered_set>

#include <fmt/format.h>

namespace tapestry {

MergeTable::MergeTable(std::vector<std::string> tokens, std::vector<Merge> merges)
    : tokens_(std::move(tokens)), merges_(std::move(merges)), byte_ids_(256, -1) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t id = 0; id < tokens_.size(); ++id) {
    if (tokens_[id].empty()) continue;
    if (!seen.insert(tokens_[id]).second)
      throw std::invalid_argument(fmt::format("token {} has the bytes of an earlier one", id));
    if (tokens_[id].size() == 1)
      byte_ids_[static_cast<unsigned char>(tokens_[id][0])] = static_cast<int>(id);
  }
  for (std::size_t byte = 0; byte < 256; ++byte)
    if (byte_ids_[byte] < 0)
      throw std::invalid_argument(fmt::format("the byte 0x{:02x} has no token", byte));
  for (std::size_t rank = 0; rank < merges_.size(); ++rank) {
    const auto& [left, right, result] = merges_[rank];
    for (const int id : {left, right, result})
      if (id < 0 || static_cast<std::size_t>(id) >= tokens_.size() ||
          tokens_[static_cast<std::size_t>(id)].empty())
        throw std::invalid_argument(fmt::format("merge {}: there is no token {}", rank, id));
    const auto text = [&](int id) -> const std::string& {
      return tokens_[static_cast<std::size_t>(id)];
    };
    if (text(left) + text(right) != text(result))
      throw std::invalid_argument(
          fmt::format("merge {}: token {} is not {} and {} together", rank, result, left, right));
    if (!ranks_.add(left, right, static_cast<std::uint32_t>(rank)).second)
      throw std::invalid_argument(
          fmt::format("merge {}: {} and {} are merged already", rank, left, right));
  }
}

//> bpe-encode
std::vector<int> encode_plain(const MergeTable& table, std::string_view piece) {
  std::vector<int> ids;
  for (const char c : piece) ids.push_back(table.byte_id(static_cast<unsigned char>(c)));
  for (;;) {
    std::size_t best = 0;
    const std::uint32_t* lowest = nullptr;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const std::uint32_t* rank = table.rank(ids[i], ids[i + 1]);
      if (rank && (!lowest || *rank < *lowest)) lowest = rank, best = i;
    }
    if (!lowest) return ids;
    ids[best] = table.merges()[*lowest].result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}
//< bpe-encode

} // namespace tapestry
