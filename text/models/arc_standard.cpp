#include "text/models/arc_standard.hpp"

namespace tapestry {

ParserState::ParserState(std::size_t words) : words_(words), heads_(words, -1) {}

std::optional<std::size_t> ParserState::stack(std::size_t k) const {
  if (k >= stack_.size()) return {};
  return stack_[stack_.size() - 1 - k];
}

std::optional<std::size_t> ParserState::next() const {
  if (next_ > words_) return {};
  return next_;
}

// The root never gets a head, and only the last word of all hangs from it.
bool ParserState::allowed(ParserMove move) const {
  switch (move) {
  case ParserMove::shift:
    return next_ <= words_;
  case ParserMove::left:
    return stack_.size() > 2;
  case ParserMove::right:
    return stack_.size() > 2 || (stack_.size() == 2 && next_ > words_);
  }
  return false;
}

void ParserState::make(ParserMove move) {
  if (move == ParserMove::shift) {
    stack_.push_back(next_++);
    return;
  }
  const std::size_t upper = stack_.back(), lower = stack_[stack_.size() - 2];
  const bool left = move == ParserMove::left;
  heads_[(left ? lower : upper) - 1] = static_cast<int>(left ? upper : lower);
  stack_.pop_back();
  if (left) stack_.back() = upper;
}

std::optional<std::vector<ParserMove>> oracle_moves(std::span<const int> heads) {
  const std::size_t n = heads.size();
  std::vector<std::size_t> missing(n + 1, 0); // how many words each still has to get
  for (const int head : heads) {
    if (head < 0 || static_cast<std::size_t>(head) > n) return {};
    ++missing[static_cast<std::size_t>(head)];
  }
  const auto is_head = [&](std::size_t head, std::size_t word) {
    return word > 0 && static_cast<std::size_t>(heads[word - 1]) == head;
  };
  ParserState state(n);
  std::vector<ParserMove> moves;
  while (!state.finished()) {
    const std::optional<std::size_t> upper = state.stack(0), lower = state.stack(1);
    ParserMove move = ParserMove::shift;
    if (lower && is_head(*upper, *lower) && missing[*lower] == 0)
      move = ParserMove::left;
    else if (lower && is_head(*lower, *upper) && missing[*upper] == 0)
      move = ParserMove::right;
    if (!state.allowed(move)) return {};
    if (move == ParserMove::left) --missing[*upper];
    if (move == ParserMove::right) --missing[*lower];
    state.make(move);
    moves.push_back(move);
  }
  return moves;
}

} // namespace tapestry
