#include "text/corpora/labelled_text.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {
namespace {

std::string columns_text(std::size_t n) { return fmt::format("{} column{}", n, n == 1 ? "" : "s"); }

} // namespace

LabelledReader::LabelledReader(const std::string& path, const LabelledOptions& options)
    : lines_(path, options.most_bytes), options_(options) {
  if (options.text_column == options.label_column)
    throw std::invalid_argument(
        fmt::format("LabelledReader: text and label are both column {}", options.text_column));
}

bool LabelledReader::next(LabelledText& example) {
  std::string line;
  while (lines_.next(line)) {
    if (trimmed(line).empty() && line.find('\t') == line.npos) continue;
    const auto columns = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
    const std::size_t least = std::max(options_.text_column, options_.label_column) + 1;
    const bool first = columns_ == 0;
    if (first ? columns < least : columns != columns_)
      lines_.fail(fmt::format("{}; expected {}{}, with a tab between", columns_text(columns),
                              first ? "at least " : "", first ? least : columns_));
    columns_ = columns;
    example.text = tab_column(line, options_.text_column);
    example.label = tab_column(line, options_.label_column);
    if (first && (example.text == "sentence" || example.text == "text") && example.label == "label")
      continue;
    if (example.text.empty())
      lines_.fail(fmt::format("no text in column {}", options_.text_column + 1));
    if (example.label.empty())
      lines_.fail(fmt::format("no label in column {}", options_.label_column + 1));
    return true;
  }
  return false;
}

std::vector<LabelledText> read_labelled(const std::string& path, const LabelledOptions& options) {
  LabelledReader reader(path, options);
  std::vector<LabelledText> all;
  for (LabelledText example; reader.next(example);) all.push_back(std::move(example));
  if (all.empty()) throw FormatError(path + ": no sentences; expected TEXT<TAB>LABEL");
  return all;
}

std::vector<std::string> label_names(const std::vector<LabelledText>& examples) {
  std::set<std::string> names;
  for (const LabelledText& example : examples) names.insert(example.label);
  return {names.begin(), names.end()};
}

int label_id(const std::vector<std::string>& names, const std::string& label) {
  const auto found = std::find(names.begin(), names.end(), label);
  if (found == names.end())
    throw std::invalid_argument(
        fmt::format("no label \"{}\"; expected one of {}", label, fmt::join(names, ", ")));
  return static_cast<int>(found - names.begin());
}

} // namespace tapestry
