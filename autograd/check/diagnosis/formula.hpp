// Numbers recognised as a formula of tensors that are known: the arguments, the output, what the
// operator took in.
#pragma once

#include <optional>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

/// A number that belongs to entry (row, column) of a Jacobian, and how far it may be off.
struct Clue {
  std::size_t row, column;
  double value, error;
};
/// Those of one look.
struct Clues {
  const Look* look;
  std::size_t argument;
  std::vector<Clue> list;
};

struct Formula {
  std::string numerator = {}, denominator = {}; ///< "1 + the output"; empty: 1
  double factor = 1;
  /// The same function of two tensors, divided: one was used in place of the other.
  bool exchanged = false, with_output = false;
  int cost = 3; ///< 2: a tensor as it is; 3: as 1 - u; 4: a function of it, or two terms

  std::string text() const; ///< "2 x argument 1 / the output"
};

/// A formula of one term, or the product of two, whose value, times one factor for each shape, is
/// every sample's; with `quotients`, also one term by another. Nothing if the samples are constant,
/// or fewer than four.
std::optional<Formula> recognise(const std::vector<Clues>& samples, bool quotients);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
