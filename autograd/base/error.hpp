// The library's errors, sorted by whose fault they are. Each carries one line that names what was
// wrong, where, and what was expected.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tapestry {

/// The caller passed tensors whose shapes do not fit the operator.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// The tape was misused: backward twice, a seed missing, a variable of a closed tape, a value that
/// is not finite in finite-check mode.
struct TapeError : std::logic_error {
  using std::logic_error::logic_error;
};

/// A file is not what it should be.
struct FormatError : std::runtime_error {
  using std::runtime_error::runtime_error;

  /// `path`, at byte `offset`: `problem`. Say in `problem` what was expected.
  FormatError(const std::string& path, std::uint64_t offset, const std::string& problem)
      : std::runtime_error(path + ": byte " + std::to_string(offset) + ": " + problem) {}
};

} // namespace tapestry
