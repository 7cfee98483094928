// A binary tree with the words as its leaves, frequent ones near the root: the hierarchical softmax
// (Morin and Bengio 2005) with Huffman's tree, as word2vec has it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tapestry {

/// The path to a word: at each inner node of it, from the root on, one of two branches.
struct HuffmanTree {
  /// Huffman's tree for these counts, the largest first. n words have n - 1 inner nodes, numbered
  /// 0 .. n-2; n - 2 is the root. Throws std::invalid_argument for fewer than two words or counts
  /// in another order.
  explicit HuffmanTree(std::span<const std::uint64_t> counts);

  std::span<const std::int32_t> nodes_of(std::size_t word) const {
    return std::span(nodes).subspan(begins[word], begins[word + 1] - begins[word]);
  }
  /// 0 or 1 at each of those nodes.
  std::span<const std::uint8_t> turns_of(std::size_t word) const {
    return std::span(turns).subspan(begins[word], begins[word + 1] - begins[word]);
  }

  std::vector<std::size_t> begins; ///< word w has the entries begins[w] .. begins[w + 1] - 1
  std::vector<std::int32_t> nodes;
  std::vector<std::uint8_t> turns;
};

} // namespace tapestry
