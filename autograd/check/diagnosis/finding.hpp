// What a hypothesis says when the evidence fits it.
#pragma once

#include <string>
#include <vector>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

/// The kinds of mistakes, in the words of the report.
namespace fault {
inline constexpr const char* sign_flipped = "sign flipped";
inline constexpr const char* constant_factor = "constant factor";
inline constexpr const char* mean_for_sum = "mean for sum";
inline constexpr const char* sum_for_mean = "sum for mean";
inline constexpr const char* upstream_ignored = "upstream ignored";
inline constexpr const char* upstream_not_linear = "upstream not linear";
inline constexpr const char* upstream_changed = "upstream changed";
inline constexpr const char* random = "random";
inline constexpr const char* not_finite = "not finite";
inline constexpr const char* shapes = "shapes do not fit";
inline constexpr const char* overwritten = "overwritten";
inline constexpr const char* zero = "zero";
inline constexpr const char* broadcast = "broadcast not summed back";
inline constexpr const char* transposed = "transposed";
inline constexpr const char* swapped = "arguments swapped";
inline constexpr const char* wrong_operand = "wrong operand";
inline constexpr const char* wrong_saved = "wrong saved value";
inline constexpr const char* stale = "stale value";
inline constexpr const char* wrong_axis = "wrong axis";
inline constexpr const char* wrong_entries = "wrong entries";
inline constexpr const char* wrong_branch = "wrong branch";
inline constexpr const char* missing_term = "missing term";
inline constexpr const char* missing_factor = "missing factor";
inline constexpr const char* truncated = "truncated in time";
inline constexpr const char* shifted = "shifted in time";
inline constexpr const char* unclassified = "unclassified";
} // namespace fault

struct Finding {
  std::string name;
  std::string evidence;
  /// How much the hypothesis was free to choose: 0 was seen directly, 1 fits every number with
  /// nothing to choose, 2 chose from a short list, 3 fits a pattern. The cheapest are reported.
  int cost = 1;
};
using Findings = std::vector<Finding>;

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
