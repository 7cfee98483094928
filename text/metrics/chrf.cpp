#include "text/metrics/chrf.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "text/metrics/translation_tokens.hpp"

namespace tapestry {

namespace {

/// Runs of characters of one length.
struct RunCounts {
  std::size_t hypothesis = 0, reference = 0, matches = 0;
};

/// The keys look into the text, which must outlive them.
using CharacterRuns = std::unordered_map<std::u32string_view, std::size_t>;

CharacterRuns character_runs(std::u32string_view text, std::size_t n) {
  CharacterRuns runs;
  for (std::size_t i = 0; i + n <= text.size(); ++i) ++runs[text.substr(i, n)];
  return runs;
}

//> chrf
/// Of one sentence and one reference, for runs of 1 to `orders` characters. Where the reference is
/// too short for a length, that of the hypothesis does not count against it.
std::vector<RunCounts> match_runs(std::u32string_view hypothesis, std::u32string_view reference,
                                  std::size_t orders) {
  std::vector<RunCounts> counts(orders);
  for (std::size_t n = 1; n <= orders && n <= reference.size(); ++n) {
    RunCounts& c = counts[n - 1];
    const CharacterRuns right = character_runs(reference, n);
    c.reference = reference.size() - n + 1;
    c.hypothesis = hypothesis.size() >= n ? hypothesis.size() - n + 1 : 0;
    for (const auto& [run, times] : character_runs(hypothesis, n))
      if (const auto found = right.find(run); found != right.end())
        c.matches += std::min(times, found->second);
  }
  return counts;
}

/// The weighted harmonic mean of precision and recall, each a mean over the lengths.
double f_score(const std::vector<RunCounts>& counts, double beta) {
  double precision = 0, recall = 0, orders = 0;
  for (const RunCounts& c : counts) {
    if (c.hypothesis == 0 || c.reference == 0) continue;
    precision += static_cast<double>(c.matches) / static_cast<double>(c.hypothesis);
    recall += static_cast<double>(c.matches) / static_cast<double>(c.reference);
    ++orders;
  }
  if (precision == 0 || recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  const double weight = beta * beta;
  return (1 + weight) * precision * recall / (weight * precision + recall);
}
//< chrf

} // namespace

Chrf chrf(std::span<const std::string> hypotheses,
          std::span<const std::vector<std::string>> references, const ChrfOptions& options) {
  require_references("chrf", hypotheses, references);
  if (options.order == 0 || !(options.beta > 0))
    throw std::invalid_argument(fmt::format("chrf: order {} and beta {}; expected both above 0",
                                            options.order, options.beta));
  const auto characters = [&](const std::string& line) {
    return characters_of(options.lower_case ? lowered(line) : line, options.whitespace);
  };
  std::vector<RunCounts> all(options.order);
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const std::u32string said = characters(hypotheses[i]);
    std::vector<RunCounts> best;
    double best_score = -1;
    for (const std::string& reference : references[i]) {
      const std::u32string right = characters(reference);
      std::vector<RunCounts> counts = match_runs(said, right, options.order);
      if (const double score = f_score(counts, options.beta); score > best_score) {
        best_score = score;
        best = std::move(counts);
      }
    }
    for (std::size_t n = 0; n < options.order; ++n) {
      all[n].hypothesis += best[n].hypothesis;
      all[n].reference += best[n].reference;
      all[n].matches += best[n].matches;
    }
  }
  return {100 * f_score(all, options.beta),
          fmt::format("{}|case:{}|eff:yes|nc:{}|nw:0|space:{}|version:2.x",
                      references_signature(references), options.lower_case ? "lc" : "mixed",
                      options.order, options.whitespace ? "yes" : "no")};
}

} // namespace tapestry
