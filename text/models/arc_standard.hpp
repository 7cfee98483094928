// Parsing as a row of decisions: the arc-standard system (Nivre 2004, "Incrementality in
// deterministic dependency parsing").
//
//   stack: root saw      buffer: her duck     shift -> root saw her | duck
//
// A word is moved from the buffer to the stack (shift), or one of the two words on the stack's top
// becomes the head of the other, which leaves it: the upper one of the lower (left), or the lower
// one of the upper (right). Every tree without crossing arcs is made by 2n decisions for n words.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tapestry {

enum class ParserMove { shift, left, right };
constexpr std::size_t parser_moves = 3;

/// Where a parser is. Words are numbered from 1; 0 is the root, which has no head.
class ParserState {
public:
  explicit ParserState(std::size_t words);

  bool finished() const { return next_ > words_ && stack_.size() == 1; }
  bool allowed(ParserMove move) const;
  /// Only if it is allowed.
  void make(ParserMove move);

  /// Word number k of the stack from its top; nothing below the root.
  std::optional<std::size_t> stack(std::size_t k) const;
  /// The first word that is still to come, or nothing.
  std::optional<std::size_t> next() const;
  /// The head of each word, from word 1 on; -1 where there is none yet.
  const std::vector<int>& heads() const { return heads_; }

private:
  std::size_t words_, next_ = 1;
  std::vector<std::size_t> stack_{0};
  std::vector<int> heads_;
};

/// The decisions that make this tree (a static oracle: left as soon as it is right, and right as
/// soon as the upper word has all its own), or nothing if arcs cross, or it is no tree.
/// heads: of words 1 .. n, 0 for the root
std::optional<std::vector<ParserMove>> oracle_moves(std::span<const int> heads);

} // namespace tapestry
