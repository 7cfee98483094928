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

namespace {

template <class Answers>
void require_answers(std::string_view metric, std::size_t hypotheses, const Answers& references) {
  if (hypotheses != references.size())
    throw std::invalid_argument(fmt::format("{}: {} hypotheses, but references for {}", metric,
                                            hypotheses, references.size()));
  for (std::size_t i = 0; i < references.size(); ++i)
    if (references[i].empty())
      throw std::invalid_argument(fmt::format("{}: hypothesis {} has no reference", metric, i));
}

} // namespace

void require_references(std::string_view metric, std::span<const Sentence> hypotheses,
                        std::span<const References> references) {
  require_answers(metric, hypotheses.size(), references);
}

void require_references(std::string_view metric, std::span<const std::string> hypotheses,
                        std::span<const std::vector<std::string>> references) {
  require_answers(metric, hypotheses.size(), references);
}

std::string references_signature(std::span<const std::vector<std::string>> references) {
  for (const std::vector<std::string>& answers : references)
    if (answers.size() != references.front().size()) return "nrefs:var";
  return fmt::format("nrefs:{}", references.empty() ? 0 : references.front().size());
}

} // namespace tapestry
