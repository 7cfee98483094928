#include "text/subwords/token_trie.hpp"

#include <algorithm>
#include <array>

namespace tapestry {

namespace {

constexpr std::uint32_t block_size = 256; // of places that a base can reach

/// The places of each block, and the bases that some node has already.
class Places {
public:
  Places() { grow(); }

  std::size_t count() const { return blocks_.size() * block_size; }
  void take(std::uint32_t place) {
    blocks_[place / block_size].taken[place % block_size] = true;
    --blocks_[place / block_size].free;
  }

  /// A base for children by these bytes, in one of the last few blocks.
  std::uint32_t base_for(const std::vector<unsigned char>& bytes) {
    constexpr std::size_t few = 8;
    for (std::size_t b = blocks_.size() > few ? blocks_.size() - few : 0;; ++b) {
      if (b == blocks_.size()) grow();
      Block& place = blocks_[b];
      for (std::uint32_t low = 0; low < block_size && place.free >= bytes.size(); ++low) {
        const bool fits = std::all_of(bytes.begin(), bytes.end(),
                                      [&](unsigned char byte) { return !place.taken[low ^ byte]; });
        if (!fits || place.base_taken[low]) continue;
        place.base_taken[low] = true;
        for (const unsigned char byte : bytes)
          take(static_cast<std::uint32_t>(b * block_size + (low ^ byte)));
        return static_cast<std::uint32_t>(b * block_size + low);
      }
    }
  }

private:
  struct Block {
    std::array<bool, block_size> taken{}, base_taken{};
    std::size_t free = block_size;
  };
  void grow() { blocks_.emplace_back(); }

  std::vector<Block> blocks_;
};

struct Branch {
  std::size_t begin, end; // of the tokens, in alphabetical order, that go through the node
  std::size_t depth;
  std::uint32_t node;
};

} // namespace

TokenTrie::TokenTrie(std::vector<std::pair<std::string_view, int>> tokens) {
  std::sort(tokens.begin(), tokens.end());
  Places places;
  places.take(0); // the root
  nodes_.resize(block_size);
  std::vector<Branch> left{{0, tokens.size(), 0, 0}};
  while (!left.empty()) {
    auto [begin, end, depth, node] = left.back();
    left.pop_back();
    if (begin < end && tokens[begin].first.size() == depth)
      nodes_[node].token = tokens[begin++].second;
    std::vector<unsigned char> bytes;
    std::vector<std::size_t> borders;
    for (std::size_t i = begin; i < end; ++i) {
      const auto byte = static_cast<unsigned char>(tokens[i].first[depth]);
      if (bytes.empty() || bytes.back() != byte) bytes.push_back(byte), borders.push_back(i);
    }
    if (bytes.empty()) {
      nodes_[node].base = node; // whatever lies around it has another parent
      continue;
    }
    borders.push_back(end);
    const std::uint32_t base = places.base_for(bytes);
    nodes_[node].base = base;
    nodes_.resize(places.count());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      nodes_[base ^ bytes[i]].parent = node;
      left.push_back({borders[i], borders[i + 1], depth + 1, base ^ bytes[i]});
    }
  }
}

} // namespace tapestry
