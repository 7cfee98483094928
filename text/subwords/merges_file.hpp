// Merges of Sennrich's byte-pair encoding as subword-nmt writes them.
#pragma once

#include <string>
#include <vector>

namespace tapestry {

/// The symbols `left` and `right`, side by side, become one. "</w>" at the end of a symbol says
/// that the word ends there.
struct SymbolMerge {
  std::string left, right;
  bool operator==(const SymbolMerge&) const = default;
};

/// A line "#version: 0.2", then a merge a line, its two symbols with a space between.
std::string merges_text(const std::vector<SymbolMerge>& merges);

/// Reads it. A merge that stands twice counts where it stands first.
/// Throws FormatError with the line: another version, or not two symbols. Version 0.1, which has no
/// first line of its own, made the end of a word a symbol alone, and is refused.
std::vector<SymbolMerge> read_merges(const std::string& path);
void write_merges(const std::string& path, const std::vector<SymbolMerge>& merges);

} // namespace tapestry
