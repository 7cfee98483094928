// Bag of words and bag of n-grams: which words, or runs of words, a text has, and how often.
//
//   not bad at all, longest = 2  ->  not, bad, at, all, not bad, bad at, at all
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "text/counting/sparse_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct NgramOptions {
  std::size_t shortest = 1, longest = 1; ///< 1, 1: a bag of words; 1, 2: with pairs of neighbours
  std::size_t min_count = 1;             ///< n-grams seen in fewer texts are left out
  std::size_t most = 0;                  ///< the most frequent so many; 0: all
};

/// The n-grams of some texts, each with a column. A text is a list of words; it may be empty.
class Ngrams {
public:
  /// The n-grams of these texts: the one in most texts first, equals in byte order.
  /// Throws std::invalid_argument for options out of range.
  explicit Ngrams(const std::vector<std::vector<std::string>>& texts,
                  const NgramOptions& options = {});

  std::size_t size() const { return names_.size(); }
  /// The words of a column with a space between them. Throws std::out_of_range.
  const std::string& name(std::size_t column) const;
  /// How often each text has each n-gram; those without a column are passed over. A row's columns
  /// ascend. -> (texts, size())
  SparseRows count(const std::vector<std::vector<std::string>>& texts) const;

private:
  NgramOptions options_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> columns_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
