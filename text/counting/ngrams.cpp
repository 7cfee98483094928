#include "text/counting/ngrams.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

// Calls f with every n-gram of the text, from left to right.
template <class F>
void each_ngram(const std::vector<std::string>& text, const NgramOptions& options, const F& f) {
  std::string ngram;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    ngram.clear();
    const std::size_t most = std::min(options.longest, text.size() - begin);
    for (std::size_t n = 1; n <= most; ++n) {
      if (n > 1) ngram += ' ';
      ngram += text[begin + n - 1];
      if (n >= options.shortest) f(ngram);
    }
  }
}

} // namespace

Ngrams::Ngrams(const std::vector<std::vector<std::string>>& texts, const NgramOptions& options)
    : options_(options) {
  if (options.shortest < 1 || options.longest < options.shortest)
    throw std::invalid_argument(
        fmt::format("Ngrams: from {} to {} words; expected at least 1, and the longest not below "
                    "the shortest",
                    options.shortest, options.longest));
  struct Seen {
    std::size_t texts = 0, last = 0; // in how many texts, and the number of the last, from 1
  };
  std::unordered_map<std::string, Seen> seen;
  for (std::size_t i = 0; i < texts.size(); ++i)
    each_ngram(texts[i], options, [&](const std::string& ngram) {
      Seen& s = seen[ngram];
      if (s.last != i + 1) ++s.texts, s.last = i + 1;
    });
  std::vector<std::pair<std::string, std::size_t>> kept;
  for (const auto& [ngram, s] : seen)
    if (s.texts >= options.min_count) kept.emplace_back(ngram, s.texts);
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (options.most > 0 && kept.size() > options.most) kept.resize(options.most);
  for (auto& [ngram, in_texts] : kept) {
    columns_.emplace(ngram, static_cast<std::int32_t>(names_.size()));
    names_.push_back(std::move(ngram));
  }
}

const std::string& Ngrams::name(std::size_t column) const {
  if (column >= size())
    throw std::out_of_range(
        fmt::format("Ngrams: there is no column {}; there are {}", column, size()));
  return names_[column];
}

SparseRows Ngrams::count(const std::vector<std::vector<std::string>>& texts) const {
  SparseRows rows;
  rows.columns = size();
  std::vector<std::int32_t> found, ids;
  std::vector<real> values;
  for (const auto& text : texts) {
    found.clear(), ids.clear(), values.clear();
    each_ngram(text, options_, [&](const std::string& ngram) {
      if (const auto column = columns_.find(ngram); column != columns_.end())
        found.push_back(column->second);
    });
    std::sort(found.begin(), found.end());
    for (const std::int32_t id : found) {
      if (ids.empty() || ids.back() != id) ids.push_back(id), values.push_back(0);
      values.back() += 1;
    }
    rows.add_row(ids, values);
  }
  return rows;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
