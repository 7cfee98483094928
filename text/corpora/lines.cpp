#include "text/corpora/lines.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

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

std::vector<std::string> read_lines(const std::string& path) {
  if (std::filesystem::is_directory(path))
    throw FormatError(fmt::format("{}: a folder; expected a text file", path));
  std::ifstream file{path, std::ios::binary};
  if (!file) throw FormatError(fmt::format("{}: cannot be opened", path));
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad()) throw FormatError(fmt::format("{}: cannot be read", path));
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  return split_lines(std::string_view{text}.substr(
      text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0));
}

void line_error(const std::string& path, std::size_t line, const std::string& problem) {
  throw FormatError(fmt::format("{}: line {}: {}", path, line, problem));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

} // namespace tapestry
