#include "text/subwords/merges_file.hpp"

#include <unordered_set>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

std::string merges_text(const std::vector<SymbolMerge>& merges) {
  std::string text = "#version: 0.2\n";
  for (const SymbolMerge& merge : merges) text += merge.left + ' ' + merge.right + '\n';
  return text;
}

std::vector<SymbolMerge> read_merges(const std::string& path) {
  const std::vector<std::string> lines = read_lines(path);
  if (lines.empty() || lines[0] != "#version: 0.2")
    line_error(path, 1, "expected \"#version: 0.2\"");
  std::vector<SymbolMerge> merges;
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const std::size_t space = line.find(' ');
    if (space == 0 || space == line.npos || space + 1 == line.size() ||
        line.find(' ', space + 1) != line.npos)
      line_error(
          path, i + 1,
          fmt::format("\"{}\": expected two symbols with a space between", line.substr(0, 80)));
    if (seen.insert(line).second) merges.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  return merges;
}

void write_merges(const std::string& path, const std::vector<SymbolMerge>& merges) {
  write_file_atomically(path, merges_text(merges));
}

} // namespace tapestry
