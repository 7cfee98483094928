// The formula adds 1 to both counts, as if one more text had every word; yours does not, and divides by 0 for a word that no text has.
std::vector<double> inverse_document_frequencies(const SparseRows& counts) {
  std::vector<double> idf(counts.columns);
  for (std::size_t row = 0; row < counts.rows(); ++row)
    for (const std::int32_t id : counts.ids_of(row)) idf[static_cast<std::size_t>(id)] += 1;
  const double n = static_cast<double>(counts.rows());
  for (double& texts : idf) texts = std::log(n / texts) + 1;
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
