// Counts weighed by how much they tell: a word that every text has tells nothing.
#pragma once

#include <vector>

#include "text/counting/sparse_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// ln((1 + n) / (1 + texts that have it)) + 1 for each column of the counts of n texts: the inverse
/// document frequency (Spärck Jones 1972), in the smoothed form that is scikit-learn's default.
std::vector<double> inverse_document_frequencies(const SparseRows& counts);

/// Each count times its column's weight, then each row divided by its length (the root of its sum
/// of squares); a row without entries stays so. The weights come from the texts of training, the
/// counts may be of others. Throws std::invalid_argument if there is not a weight for each column.
SparseRows tf_idf(const SparseRows& counts, const std::vector<double>& idf);

} // namespace tapestry::inline TAPESTRY_PRECISION
