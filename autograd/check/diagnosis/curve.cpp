// The V-curve: the error of a central difference against its step.
#include <algorithm>
#include <cmath>

#include "autograd/check/diagnosis/diagnosis.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
std::vector<GradcheckReport::CurvePoint> error_curve(Subject& subject, Rng rng) {
  subject.move_to(subject.home());
  const Tensor y = subject.value();
  const Tensor cotangent = normal(y.shape(), 0, 1, rng);
  const std::vector<Tensor> analytic = subject.pull_back(cotangent);
  struct Entry {
    std::size_t argument, index;
  };
  std::vector<Entry> entries; // at most 32
  double largest = 0;
  for (std::size_t a = 0; a < analytic.size(); ++a)
    for (std::size_t i = 0; i < analytic[a].size(); ++i) {
      entries.push_back({a, i});
      largest = std::max(largest, std::abs(static_cast<double>(analytic[a].data()[i])));
    }
  rng.shuffle(entries);
  entries.resize(std::min<std::size_t>(entries.size(), 32));

  std::vector<GradcheckReport::CurvePoint> curve;
  for (int exponent = -1; exponent >= (sizeof(real) == 8 ? -12 : -6); --exponent) {
    const double h = std::pow(10, exponent);
    double worst = 0;
    for (const Entry& e : entries) {
      real& x = subject.arguments()[e.argument].value().data()[e.index];
      const real here = x;
      x = here + static_cast<real>(h);
      const double up = contract(cotangent, subject.value());
      x = here - static_cast<real>(h);
      const double down = contract(cotangent, subject.value());
      x = here;
      const double exact = static_cast<double>(analytic[e.argument].data()[e.index]);
      worst = std::max(worst, std::abs((up - down) / (2 * h) - exact));
    }
    curve.push_back({h, largest > 0 ? worst / largest : worst});
  }
  return curve;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
