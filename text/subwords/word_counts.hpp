// Which words a text has, and how often: all that byte-pair encoding learns from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/subwords/piece_pattern.hpp"

namespace tapestry {

/// Words in the order in which they first came. All their bytes lie in one string, so a word costs
/// its bytes and 32 more.
class WordCounts {
public:
  void add(std::string_view word, std::int64_t n = 1);
  void add(const WordCounts& other);

  std::size_t size() const { return words_.size(); }
  std::string_view word(std::size_t i) const {
    return std::string_view(bytes_).substr(words_[i].begin, words_[i].length);
  }
  std::int64_t count(std::size_t i) const { return words_[i].count; }

private:
  struct Word {
    std::size_t begin, length;
    std::int64_t count;
  };
  void grow();

  std::string bytes_;
  std::vector<Word> words_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(16, 0); // number of a word + 1
};

/// The words of a text as subword-nmt finds them: what stands between spaces and line ends. A tab
/// is part of a word; after one of the rarer line ends of Unicode (form feed, U+2028, ...) the word
/// ends. Adds to `counts`; shares the text among the cores.
void count_words(std::string_view text, WordCounts& counts);

/// The same for the pieces of a pattern, for byte-level byte-pair encoding.
void count_pieces(std::string_view text, PiecePattern pattern, WordCounts& counts);

/// How many bytes at `at` are a line end for Python's str.splitlines(), or 0.
std::size_t line_end_at(std::string_view text, std::size_t at);

} // namespace tapestry
