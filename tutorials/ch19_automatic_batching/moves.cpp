// Parsing as a row of decisions: the moves that make one tree, and what a decision sees.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "text/models/arc_standard.hpp"

using namespace tapestry;

namespace {

const std::vector<std::string> words = {"root", "the", "cat", "sees", "a", "bird"};
const std::vector<int> heads = {2, 3, 0, 5, 3}; // of words 1 .. 5

std::string stack_of(const ParserState& state) {
  std::string text;
  for (std::size_t k = 0; state.stack(k); ++k) text = words[*state.stack(k)] + " " + text;
  return text;
}

} // namespace

int main() {
  fmt::print("The tree:\n");
  for (std::size_t w = 1; w < words.size(); ++w)
    fmt::print("  {:<6}has the head  {}\n", words[w],
               words[static_cast<std::size_t>(heads[w - 1])]);

  fmt::print("\nThe moves that make it:\n");
  fmt::print("  {:<22}{:<8}{}\n", "stack", "next", "move");
  //> moves
  ParserState state(heads.size());
  const std::vector<ParserMove> moves = *oracle_moves(heads);
  for (const ParserMove move : moves) {
    const char* names[] = {"shift", "left", "right"};
    const std::string next = state.next() ? words[*state.next()] : "";
    fmt::print("  {:<22}{:<8}{}\n", stack_of(state), next, names[static_cast<int>(move)]);
    state.make(move);
  }
  //< moves
  fmt::print("  {:<22}{:<8}{} moves for {} words\n", stack_of(state), "", moves.size(),
             heads.size());

  fmt::print("\nArcs that cross cannot be made:\n");
  const std::vector<int> crossing = {3, 4, 0, 3};
  fmt::print("  heads 3 4 0 3: {}\n", oracle_moves(crossing) ? "there are moves" : "no moves");
}
