#include "text/tokens/lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

std::vector<std::string> read_lines(const std::string& path, std::size_t most_bytes) {
  const std::string bytes = read_file(path);
  std::string_view text = bytes;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    throw FormatError(path + ": is UTF-16; expected UTF-8");
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const auto line_at = [&](std::size_t at) {
    return static_cast<std::size_t>(
               std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
           1;
  };
  if (const std::size_t at = text.find('\0'); at != text.npos)
    line_error(path, line_at(at), "a byte of value 0; expected text");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > most_bytes)
      line_error(path, line_at(begin),
                 fmt::format("{} bytes; expected at most {}", end - begin, most_bytes));
    begin = end + 1;
  }
  return split_lines(text);
}

void line_error(const std::string& path, std::size_t line, const std::string& problem) {
  throw FormatError(fmt::format("{}: line {}: {}", path, line, problem));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view tab_column(std::string_view line, std::size_t index) {
  for (; index > 0; --index) line.remove_prefix(line.find('\t') + 1);
  return trimmed(line.substr(0, line.find('\t')));
}

} // namespace tapestry
