// A measured number has an error of its own, measured.error: what it cannot see is no disagreement.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = std::abs(analytic - measured.value);
  return !measured.kink && gap <= tolerance * scale;
}
