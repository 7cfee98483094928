#include "text/metrics/references.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

NgramCounts count_runs(const Sentence& sentence, std::size_t n) {
  NgramCounts counts;
  for (std::size_t i = 0; i + n <= sentence.size(); ++i)
    ++counts[{sentence.begin() + static_cast<std::ptrdiff_t>(i),
              sentence.begin() + static_cast<std::ptrdiff_t>(i + n)}];
  return counts;
}

void require_references(std::string_view metric, std::span<const Sentence> hypotheses,
                        std::span<const References> references) {
  if (hypotheses.size() != references.size())
    throw std::invalid_argument(fmt::format("{}: {} hypotheses, but references for {}", metric,
                                            hypotheses.size(), references.size()));
  for (std::size_t i = 0; i < references.size(); ++i)
    if (references[i].empty())
      throw std::invalid_argument(fmt::format("{}: hypothesis {} has no reference", metric, i));
}

} // namespace tapestry
