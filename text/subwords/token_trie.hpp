// Which tokens does a text begin with? A tree with a branch for each byte, in one array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapestry {

/// A double array (Aoe 1989), with exclusive or in place of the sum: the child of `node` by `byte`
/// lies at `base[node] ^ byte`, if its `parent` says that it is one.
class TokenTrie {
public:
  /// Pairs of bytes and id; no two have the same bytes, none is empty.
  explicit TokenTrie(std::vector<std::pair<std::string_view, int>> tokens);

  /// The longest token that `text` begins with, or -1.
  int longest(std::string_view text) const {
    int found = -1;
    std::uint32_t node = 0;
    for (const char c : text) {
      const std::uint32_t child = nodes_[node].base ^ static_cast<unsigned char>(c);
      if (nodes_[child].parent != node) break;
      node = child;
      if (nodes_[node].token >= 0) found = nodes_[node].token;
    }
    return found;
  }

private:
  struct Node {
    std::uint32_t base = 0, parent = none;
    int token = -1;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  std::vector<Node> nodes_;
};

} // namespace tapestry
