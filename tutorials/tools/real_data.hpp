// Where the programs find the real corpora whose results stand in the book.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace tapestry {

/// A path below the folder that the variable TAPESTRY_DATA names. Without one it says that the
/// program is skipped, and gives nothing.
inline std::optional<std::string> real_data(const std::string& name) {
  if (const char* const folder = std::getenv("TAPESTRY_DATA"))
    return std::string(folder) + "/" + name;
  fmt::print("skipped: the variable TAPESTRY_DATA names no folder\n");
  return {};
}

} // namespace tapestry
