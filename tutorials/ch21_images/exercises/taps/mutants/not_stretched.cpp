// To shrink, the filter must become as wide as an output pixel; yours stays one input pixel wide, and pixels are left out.
std::vector<Taps> taps(std::size_t from, std::size_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = 1; // an output pixel, in input pixels; at least one
  const double reach = stretch * (filter == Filter::area ? 0.5 : 1);
  std::vector<Taps> rows;
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, centre - reach + 0.5));
    const std::size_t last = std::min(from, static_cast<std::size_t>(centre + reach + 0.5));
    Taps row{first, {}};
    double sum = 0;
    for (std::size_t j = first; j < last; ++j) {
      const double weight = height_of(filter, (static_cast<double>(j) + 0.5 - centre) / stretch);
      row.weights.push_back(static_cast<real>(weight));
      sum += weight;
    }
    // At an edge a part of the filter sees no pixel: the others share its weight.
    for (real& weight : row.weights) weight = static_cast<real>(weight / sum);
    rows.push_back(std::move(row));
  }
  return rows;
}
