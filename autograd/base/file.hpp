// Whole files, read and written so that a failure leaves either the old file or the new one.
#pragma once

#include <string>
#include <string_view>

namespace tapestry {

/// The bytes of the file. Throws FormatError of one line: no such file, a folder, not readable.
std::string read_file(const std::string& path);

/// Writes the file, and checks every step. Throws FormatError; what was written until then stays.
/// For files of which there are thousands: it does not wait for the disk.
void write_file(const std::string& path, std::string_view bytes);

/// Writes a file beside `path`, waits until the disk has it, and renames it to `path`: whoever
/// reads sees the old file or the new one, never a half. On failure it throws FormatError and
/// removes what it wrote; what a killed process left is removed by the next one that writes the
/// same file. A device (/dev/stdout) is written directly.
void write_file_atomically(const std::string& path, std::string_view bytes);

} // namespace tapestry
