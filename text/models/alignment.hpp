// Where a translator looked for each piece of its translation.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tapestry {

struct Alignment {
  std::vector<std::string> source, target; ///< words or subwords
  /// (target, source): a row for each target piece, of weights that sum to 1. Of a model that looks
  /// nowhere there are none.
  std::vector<std::vector<double>> weights;
};

/// What is wrong with it, as "row 3 has 4 weights for 5 source pieces"; "" if nothing is.
std::string fault_of(const Alignment& alignment);

/// For a terminal: a row for each target piece, and in it a block for each source piece, the fuller
/// the more weight. The source pieces stand numbered below. Blocks are three columns wide, or two
/// or one where else a row would be wider than `columns`. Throws std::invalid_argument for a fault.
std::string in_blocks(const Alignment& alignment, std::size_t columns = 80);

} // namespace tapestry
