// Arithmetic on digits, as trees: max(3, min(7, 2), 5) is 5. The course draws them itself, so that
// the right answer is known at every node, and depth is a choice.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/random.hpp"

namespace tapestry {

enum class ArithmeticKind { digit, max, min, add };

/// A node. Its arguments are earlier nodes.
struct ArithmeticNode {
  ArithmeticKind kind = ArithmeticKind::digit;
  int digit = 0;                      ///< 0 .. 9
  std::vector<std::size_t> arguments; ///< at least one, of an operation; none, of a digit
};

/// A tree as a list in which every node comes behind its arguments, and the root last: what is true
/// of a tree is computed in one loop over it, however deep it is.
struct ArithmeticTree {
  std::vector<ArithmeticNode> nodes;

  std::size_t depth() const;
  /// The numbers of the nodes by their height above the digits: [0] the digits, the root last.
  std::vector<std::vector<std::size_t>> levels() const;
  /// What each node is worth, a digit: of add, the last digit of the sum.
  std::vector<int> values() const;
  /// "max(3, min(7, 2), 5)"
  std::string to_text() const;
};

struct ArithmeticLimits {
  std::size_t most_depth = 200'000, most_nodes = 1'000'000;
};

/// The tree that a text describes; spaces are free. A FormatError "WHERE: column 5: the bracket is
/// not closed" names the first thing that is wrong: a bracket too many or too few, an unknown name,
/// a number above 9, no arguments, something behind the end, more than the limits.
ArithmeticTree parse_arithmetic(std::string_view text, const std::string& where = "expression",
                                const ArithmeticLimits& limits = {});

/// A tree a line; empty lines are passed over. A FormatError as above, where WHERE is
/// "PATH: line 3", and as LineReader's.
std::vector<ArithmeticTree> read_arithmetic(const std::string& path,
                                            const ArithmeticLimits& limits = {});

inline namespace TAPESTRY_PRECISION {

struct ArithmeticOptions {
  std::size_t depth = 4;          ///< of one branch at least; 0: a digit
  std::size_t side_depth = 2;     ///< of the others at most, so that depth does not double the size
  std::size_t most_arguments = 3; ///< at least 2, at most this many
  std::vector<ArithmeticKind> operations = {ArithmeticKind::max, ArithmeticKind::min,
                                            ArithmeticKind::add};
};

/// A tree drawn at random, of just this depth. A std::invalid_argument if the options leave no
/// choice: no operations, or fewer than two arguments.
ArithmeticTree draw_arithmetic(const ArithmeticOptions& options, Rng& rng);

} // namespace TAPESTRY_PRECISION
} // namespace tapestry
