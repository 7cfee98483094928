// Small patterns over code points, put together from smaller ones, which find every place where a
// match can end.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace tapestry::patterns {

/// A set of texts. A regular expression of <regex> takes the first alternative that works; whoever
/// wants the longest of all matches must know all the ends that a match can have, as these do.
class Pattern {
public:
  using Ends = std::vector<std::size_t>; ///< in any order; a place may stand there twice
  using Find = std::function<void(std::u32string_view text, std::size_t begin, Ends& ends)>;

  explicit Pattern(Find find) : find_(std::move(find)) {}
  /// These ASCII characters, in capitals or not.
  Pattern(const char* word); // NOLINT: a word is a pattern

  /// Where matches that begin at `begin` <= text.size() end: ascending, each once.
  Ends ends(std::u32string_view text, std::size_t begin) const;

  friend Pattern operator+(const Pattern& a, const Pattern& b); ///< one, then the other
  friend Pattern operator|(const Pattern& a, const Pattern& b); ///< one or the other

private:
  Find find_;
};

/// `least` to `most` characters in a row, of a kind.
Pattern run(const std::function<bool(char32_t)>& kind, std::size_t least = 1, std::size_t most = 1);
/// The same for the characters listed: "a-z" are all from a to z, where a hyphen is not the first
/// or the last.
Pattern run(std::u32string_view characters, std::size_t least = 1, std::size_t most = 1);
/// The same for those that are not listed.
Pattern run_except(std::u32string_view characters, std::size_t least = 1, std::size_t most = 1);

Pattern maybe(const Pattern& pattern);
/// `least` to `most` times.
Pattern times(const Pattern& pattern, std::size_t least, std::size_t most);
/// One of the words between the spaces. A word that is listed with a capital must have it.
Pattern one_of(std::string_view words);

constexpr std::size_t any_number = 1'000'000; ///< for `most`

} // namespace tapestry::patterns
