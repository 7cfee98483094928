// Numbers of the same size and opposite signs do not agree.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = std::abs(std::abs(analytic) - std::abs(measured.value));
  return !measured.kink && gap <= tolerance * scale + measured.error;
}
