#include "text/embeddings/huffman.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace tapestry {

HuffmanTree::HuffmanTree(std::span<const std::uint64_t> counts) {
  const std::size_t n = counts.size();
  if (n < 2) throw std::invalid_argument("HuffmanTree: expected at least two words");
  if (!std::is_sorted(counts.begin(), counts.end(), std::greater<>()))
    throw std::invalid_argument("HuffmanTree: expected the largest count first");
  // Entries 0 .. n-1 are the words, n .. 2n-2 the inner nodes in the order in which they are made,
  // which is that of their counts. So the two least are always at the head of one of two queues.
  std::vector<std::uint64_t> count(counts.begin(), counts.end());
  std::vector<std::size_t> parent(2 * n - 1);
  std::vector<std::uint8_t> turn(2 * n - 1);
  std::size_t word = n, node = n; // the words from the end, the nodes from the beginning
  const auto least = [&] {
    const bool from_words = word > 0 && (node == count.size() || count[word - 1] <= count[node]);
    return from_words ? --word : node++;
  };
  for (std::size_t made = n; made < 2 * n - 1; ++made) {
    const std::size_t first = least(), second = least();
    parent[first] = parent[second] = made;
    turn[second] = 1;
    count.push_back(count[first] + count[second]);
  }
  begins.assign(1, 0);
  for (std::size_t w = 0; w < n; ++w) {
    const auto begin = static_cast<std::ptrdiff_t>(nodes.size());
    for (std::size_t at = w; at != 2 * n - 2; at = parent[at]) {
      turns.push_back(turn[at]);
      nodes.push_back(static_cast<std::int32_t>(parent[at] - n));
    }
    std::reverse(nodes.begin() + begin, nodes.end());
    std::reverse(turns.begin() + begin, turns.end());
    begins.push_back(nodes.size());
  }
}

} // namespace tapestry
