// Byte-pair encoding learned as the paper prints it (Sennrich, Haddow and Birch 2016, algorithm 1).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/subwords/merges_file.hpp"

namespace tapestry {

/// A word as symbols: its characters at first, the last one with "</w>" behind it.
using Symbols = std::vector<std::string>;

/// "low" -> l, o, w</w>. Characters are code points; a byte that is not UTF-8 is one of its own.
Symbols symbols_of(std::string_view word);

/// How often each pair of neighbours stands in the words. vocabulary: words and how often each
/// came.
std::map<std::pair<std::string, std::string>, std::int64_t>
count_pairs(const std::map<Symbols, std::int64_t>& vocabulary);

/// The word with each `left right` in it made one symbol, from left to right.
Symbols merge_pair(const Symbols& word, const std::string& left, const std::string& right);

/// Counts all pairs, merges the most frequent one in all words, and begins again, `merges` times,
/// or until no pair comes `min_count` times. Of pairs as frequent, the greatest by its symbols'
/// bytes, the left one first: as in subword-nmt. To be read: learn_bpe() gives the same, sooner.
std::vector<SymbolMerge> learn_bpe_plain(const std::map<std::string, std::int64_t>& words,
                                         std::size_t merges, std::int64_t min_count = 2);

} // namespace tapestry
