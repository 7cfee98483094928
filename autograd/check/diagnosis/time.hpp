// Recurrent code, step by step.
#pragma once

#include <optional>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

/// Which step of a sequence, counted from the end, is the first whose gradient is wrong; empty for
/// an argument that is no sequence.
std::string step_by_step(const Evidence& evidence, std::size_t argument);

/// The same evidence, of the first output step and the first input step only: nothing flows back
/// into it, and it is the pull-back of a single step. Nothing if no argument is a sequence.
std::optional<Evidence> first_step(const Evidence& evidence);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
