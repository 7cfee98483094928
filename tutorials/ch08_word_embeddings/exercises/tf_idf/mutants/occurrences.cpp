// t is the number of texts that have the word; yours counts how often it occurs.
std::vector<double> inverse_document_frequencies(const SparseRows& counts) {
  std::vector<double> idf(counts.columns);
  for (std::size_t row = 0; row < counts.rows(); ++row)
    for (std::size_t i = counts.begins[row]; i < counts.begins[row + 1]; ++i)
      idf[static_cast<std::size_t>(counts.ids[i])] += counts.values[i];
  const double n = static_cast<double>(counts.rows());
  for (double& texts : idf) texts = std::log((1 + n) / (1 + texts)) + 1;
  return idf;
}

SparseRows tf_idf(const SparseRows& counts, const std::vector<double>& idf) {
  if (idf.size() != counts.columns)
    throw std::invalid_argument(
        fmt::format("tf_idf: {} weights for {} columns", idf.size(), counts.columns));
  SparseRows rows = counts;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    double squares = 0;
    for (std::size_t i = rows.begins[row]; i < rows.begins[row + 1]; ++i) {
      rows.values[i] *= static_cast<real>(idf[static_cast<std::size_t>(rows.ids[i])]);
      squares += double{rows.values[i]} * double{rows.values[i]};
    }
    if (squares == 0) continue;
    for (std::size_t i = rows.begins[row]; i < rows.begins[row + 1]; ++i)
      rows.values[i] /= static_cast<real>(std::sqrt(squares));
  }
  return rows;
}
