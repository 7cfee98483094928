// How many cores this process may use.
//
// The machine's number is often the wrong one: a scheduler or `taskset` binds a process to some of
// the cores, and a container gets a quota, such as two cores' worth of time on a machine of 64.
// More threads than that take turns, and whoever waits for one of them waits for its turn.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tapestry {

/// The cores of this process' affinity, or what the quotas of its control groups allow if that is
/// less: 1.5 cores' worth of time are 2. At least 1.
std::size_t usable_cores();

/// A quota as Linux writes it, "150000 100000": so many microseconds of processor time in each
/// period of so many. -> 1.5, or nothing if there is no limit ("max 100000", "-1 100000") or it
/// cannot be read.
std::optional<double> cores_of_quota(std::string_view quota_and_period);

/// The least quota, in cores, of the control groups (version 1 or 2) that this process is in, or
/// nothing. `root`: "" for the system's own files, or a folder with `proc` and `sys` in it.
std::optional<double> quota_of_control_groups(const std::string& root = "");

} // namespace tapestry
