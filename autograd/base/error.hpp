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

/// The text on one line: file names may hold anything, a line break too.
inline std::string one_line(const std::string& text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
      line += c;
    else if (c == '\n')
      line += "\\n";
    else
      line.append("\\x") += {digits[byte / 16], digits[byte % 16]};
  }
  return line;
}

/// A file is not what it should be.
struct FormatError : std::runtime_error {
  explicit FormatError(const std::string& message) : std::runtime_error(one_line(message)) {}

  /// `path`, at byte `offset`: `problem`. Say in `problem` what was expected.
  FormatError(const std::string& path, std::uint64_t offset, const std::string& problem)
      : FormatError(path + ": byte " + std::to_string(offset) + ": " + problem) {}
};

} // namespace tapestry
