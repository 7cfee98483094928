// Relative to the larger of the two: by the analytic number alone, the verdict changes if the two are exchanged.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double gap = std::abs(analytic - measured.value);
  return !measured.kink && gap <= tolerance * std::abs(analytic) + measured.error;
}
