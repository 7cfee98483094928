// Text files line by line, and errors that name the line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// The lines of `text` without their ends, LF or CRLF. The last line may lack its end.
std::vector<std::string> split_lines(std::string_view text);

/// The lines of a file, without the byte order mark that some editors put first.
/// Throws FormatError if it cannot be read, is UTF-16 or holds a byte of value 0, or if a line has
/// more than `most_bytes`: sorting the marks of one letter, as composing does, takes time with the
/// square of their number.
std::vector<std::string> read_lines(const std::string& path, std::size_t most_bytes = 10'000);

/// Throws FormatError: "path: line 17: problem". Lines count from 1, as editors count.
[[noreturn]] void line_error(const std::string& path, std::size_t line, const std::string& problem);

/// `text` without the spaces and tabs at its two ends.
std::string_view trimmed(std::string_view text);
/// Column `index`, from 0, of a line with tabs between its columns, trimmed. It must have so many.
std::string_view tab_column(std::string_view line, std::size_t index);

} // namespace tapestry
