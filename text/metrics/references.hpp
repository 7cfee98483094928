// What the metrics of captions and translations compare, and the runs of words that they count.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

using Sentence = std::vector<std::string>;
using References = std::vector<Sentence>; ///< the right answers for one hypothesis

/// How often each run of n words occurs. The keys look into the sentence, which must outlive them.
using NgramCounts = std::map<std::vector<std::string_view>, std::size_t>;

/// The runs of n words of a sentence: none if it is shorter.
NgramCounts count_runs(const Sentence& sentence, std::size_t n);

/// A std::invalid_argument, with the name of the metric, unless there are as many hypotheses as
/// lists of references and none of the lists is empty.
void require_references(std::string_view metric, std::span<const Sentence> hypotheses,
                        std::span<const References> references);
/// The same for whole lines. references: for each hypothesis its right answers
void require_references(std::string_view metric, std::span<const std::string> hypotheses,
                        std::span<const std::vector<std::string>> references);

/// "nrefs:2", how many right answers each hypothesis has; "nrefs:var" if not all have as many. With
/// this a score's signature begins (Post 2018).
std::string references_signature(std::span<const std::vector<std::string>> references);

} // namespace tapestry
