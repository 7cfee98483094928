// Beside a narrow peak two long steps agree on a flat line: the bend, too, must shrink to a sixteenth.
Difference best_difference(const Probe& f, double size) {
  Difference best{0, std::numeric_limits<double>::infinity(), 0, true};
  double magnitude = 0;
  const double longest = 0.1 * std::max(size, 1.0);
  Step last(f, longest, size, magnitude);
  for (double h = longest / 4; h > 1e3 * machine_eps; h /= 4) {
    const Step d(f, h, size, magnitude = last.magnitude);
    const double error = d.error + std::abs(d.value - last.value);
    if (!last.kink && !d.kink && error < best.error) best = {d.value, error, h, false};
    last = d;
  }
  return best;
}
