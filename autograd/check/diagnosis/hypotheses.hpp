// The hypotheses. Each looks at the Jacobians of one argument, numeric and analytic, at several
// points and shapes, and says whether it explains every entry of them.
#pragma once

#include "autograd/check/diagnosis/finding.hpp"
#include "autograd/check/diagnosis/jacobian.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

struct Evidence {
  std::vector<Look> looks; ///< several points of every shape

  std::string name(std::size_t argument) const { return looks[0].subject->name(argument); }
  /// The first look at which the argument's gradient is wrong.
  const Look& example(std::size_t argument) const;
  /// Whether all entries were looked at, so that their places mean something.
  bool whole(std::size_t argument) const;
  /// Whether the first axis of the argument is time: later outputs depend on earlier entries, and
  /// never the reverse.
  bool is_sequence(std::size_t argument) const;
};

/// Whether the guess is the analytic Jacobian, and much nearer to it than the numeric one is.
bool fits(const Look& look, std::size_t argument, const Jacobian& guess);

/// Whether `guess(look)` fits at every look that is wrong. It returns nothing where the hypothesis
/// has nothing to say, which refutes it.
template <class Guess> bool explains(const Evidence& evidence, std::size_t argument, Guess guess) {
  for (const Look& look : evidence.looks) {
    if (!look.wrong(argument)) continue;
    const std::optional<Jacobian> g = guess(look);
    if (!g || !fits(look, argument, *g)) return false;
  }
  return true;
}

/// "all 24 entries of argument 1"
std::string all_entries(const Evidence& evidence, std::size_t argument);
/// Where a set of entries lies: "where axis 1 is 2"; empty if it is no block and no simple set.
std::string place(const std::vector<bool>& chosen, const Shape& shape);

/// What analytic = k numeric may mean, where k[l] is the factor at look l and `fact` says so in
/// words: a mean for a sum, a size of the wrong axis ...
Findings reasons_of_factor(const Evidence& evidence, std::size_t argument,
                           const std::vector<double>& k, const std::string& fact);

// One factor for all entries.
Findings is_zero(const Evidence&, std::size_t argument);
Findings sign_is_flipped(const Evidence&, std::size_t argument);
Findings has_a_factor(const Evidence&, std::size_t argument);
Findings has_a_factor_in_a_block(const Evidence&, std::size_t argument);

// The right numbers in the wrong place.
Findings arguments_are_swapped(const Evidence&, std::size_t argument);
Findings is_transposed(const Evidence&, std::size_t argument);
Findings is_shifted(const Evidence&, std::size_t argument);
Findings is_reversed(const Evidence&, std::size_t argument);
Findings is_only_partly_summed(const Evidence&, std::size_t argument);
Findings is_in_wrong_entries(const Evidence&, std::size_t argument);
Findings follows_the_wrong_axis(const Evidence&, std::size_t argument);
Findings takes_the_wrong_branch(const Evidence&, std::size_t argument);
Findings is_right_on_one_side(const Evidence&, std::size_t argument);

// The right formula with the wrong values.
Findings uses_other_values(const Evidence&, std::size_t argument);
Findings uses_its_input_for_its_output(const Evidence&, std::size_t argument);
Findings is_stale(const Evidence&, std::size_t argument);
Findings lacks_a_factor(const Evidence&, std::size_t argument);
Findings is_scaled_by_output(const Evidence&, std::size_t argument);
Findings is_a_known_value(const Evidence&, std::size_t argument);
Findings meets_the_wrong_rows(const Evidence&, std::size_t argument);

// A sum with a term missing.
Findings differs_by_a_constant(const Evidence&, std::size_t argument);
Findings differs_by_a_known_value(const Evidence&, std::size_t argument);
Findings differs_between_entries(const Evidence&, std::size_t argument);
Findings differs_by_one_product(const Evidence&, std::size_t argument);

// Steps in time, along the first axis.
Findings stops_in_time(const Evidence&, std::size_t argument);
Findings flows_back_wrongly(const Evidence&, std::size_t argument);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
