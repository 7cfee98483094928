// A step that crosses a kink measures the mean of two slopes: it is no candidate.
Difference best_difference(const Probe& f, double size) {
  Difference best{0, std::numeric_limits<double>::infinity(), 0, true};
  double magnitude = 0;
  const double longest = 0.1 * std::max(size, 1.0);
  Step last(f, longest, size, magnitude);
  for (double h = longest / 4; h > 1e3 * machine_eps; h /= 4) {
    const Step d(f, h, size, magnitude = last.magnitude);
    const double error =
        d.error + std::abs(d.value - last.value) + std::abs(d.bend - last.bend / 16) / h;
    if (error < best.error) best = {d.value, error, h, false};
    last = d;
  }
  return best;
}
