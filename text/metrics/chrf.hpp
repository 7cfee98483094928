// chrF: how much of a translation's characters, in runs of up to six, is in what people wrote.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "text/metrics/references.hpp"

namespace tapestry {

struct ChrfOptions {
  std::size_t order = 6;   ///< of the longest runs of characters
  double beta = 2;         ///< recall counts beta times as much as precision
  bool whitespace = false; ///< count spaces as characters; else they are left out
  bool lower_case = false;
};

struct Chrf {
  double score = 0;      ///< 0 to 100
  std::string signature; ///< "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.x"
};

/// chrF2 (Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015), equal
/// to sacrebleu 2: precision and recall are means over the orders that hypotheses and references
/// both have, of counts summed over the corpus. Of several references the one counts with which the
/// sentence has the best score, of equals the first.
/// Throws std::invalid_argument if the two differ in length, if a hypothesis has no reference, for
/// order 0, or for a beta that is not above 0.
Chrf chrf(std::span<const std::string> hypotheses,
          std::span<const std::vector<std::string>> references, const ChrfOptions& options = {});

} // namespace tapestry
