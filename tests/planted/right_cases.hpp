// Right functions at random: whatever the check says against one of them is a false alarm.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

/// Checks `cases` right functions, over all operators, random shapes, sizes of numbers and seeds.
/// Returns what was said about those that were rejected. `progress` is told how many are done.
std::vector<std::string>
false_alarms(std::size_t cases, std::uint64_t seed,
             const std::function<void(std::size_t done)>& progress = nullptr);

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
