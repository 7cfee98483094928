// Every threshold of the gradient check and of its diagnosis, with the reason for its size. What is
// used in one place only, and says there what it is, stays there.
#pragma once

#include <cstddef>
#include <limits>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis::limit {

inline constexpr double eps = std::numeric_limits<real>::epsilon();
inline constexpr bool in_double = sizeof(real) == 8;

// How well two numbers must agree, relative to their size.

/// Two runs of one pull-back: they differ by the order of sums alone, a few hundred eps.
inline constexpr double same_run = in_double ? 1e-9 : 1e-3;
/// An entry of two Jacobians: Richardson's differences reach 1e-9, where f is tame.
inline constexpr double same_entry = in_double ? 1e-6 : 1e-2;
/// Slopes along a direction of the whole function: plain central differences, of one step.
inline constexpr double same_slope = in_double ? 1e-5 : 5e-2;
/// A factor and the size that it is taken for: factors are means over entries that agree to 1e-9,
/// and 1.00001 is a mistake that is to be told from 1.
inline constexpr double same_factor = 1e-7;
/// A number and the formula that it is recognised as: hundreds of formulas are tried, so it must
/// not be found by chance; yet the number is a quotient of two measured ones.
inline constexpr double same_formula = 1e-6;
/// Numbers that are "the same for all": the gap of two Jacobians, which has lost some digits.
inline constexpr double same_constant = 1e-5;
/// Two rows are multiples of each other if the square of the sine between them is below this.
inline constexpr double parallel = 1e-12;

// What counts as nothing.

/// Beside gradients of size 1: far above what sums of thousands of terms leave of a 0.
inline constexpr double nothing = 1e-12;
/// A hypothesis that explains a gap must leave no more than this share of it.
inline constexpr double unexplained_share = 0.01;

// What arrives at a pull-back in experiments: powers of two, which round nothing.

/// Large enough to be clipped by any bound that a gradient might have ...
inline constexpr real large_arrival = 1 << 20;
/// ... and small enough to fall below any.
inline constexpr real small_arrival = real(1) / (1 << 20);

// How much is tried. Together they keep a diagnosis below about two seconds.

/// Records: longer tapes are not experimented on, one record after another.
inline constexpr std::size_t longest_tape = 400;
/// Entries computed in the search for the first wrong record.
inline constexpr double most_work = 1e8;
/// Entries computed for the Jacobians of one argument at one point.
inline constexpr double most_jacobian_work = 4e6;
/// Larger outputs are seen through a few random cotangents, larger arguments in a sample.
inline constexpr std::size_t most_rows = 128, most_columns = 256, some_rows = 8, some_columns = 64;
/// Calls of f in one measurement of several points: a bound on seconds for slow functions.
inline constexpr double most_seconds = 1.5;

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis::limit
