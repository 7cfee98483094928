// On a kink the measured number means nothing, however well it fits.
bool agrees(double analytic, const Difference& measured, double tolerance) {
  const double scale = std::max(std::abs(analytic), std::abs(measured.value));
  const double gap = std::abs(analytic - measured.value);
  return gap <= tolerance * scale + measured.error;
}
