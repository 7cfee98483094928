#include "tests/planted/planted.hpp"

#include <algorithm>

#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

GradcheckReport Planted::check(bool all_shapes, std::uint64_t seed) const {
  GradcheckOptions options{.seed = seed};
  if (all_shapes) options.also.assign(points.begin() + 1, points.end());
  return gradcheck_all(f, points[0], options);
}

namespace {

bool is_expected(const Planted& p, const Diagnosis& d) {
  return (" | " + p.expected + " | ").find(" | " + d.name + " | ") != std::string::npos;
}

} // namespace

bool Planted::named(const GradcheckReport& report) const {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                     [&](const Diagnosis& d) { return is_expected(*this, d); });
}

bool Planted::named_alone(const GradcheckReport& report) const {
  return named(report) && std::all_of(report.diagnoses.begin(), report.diagnoses.end(),
                                      [&](const Diagnosis& d) { return is_expected(*this, d); });
}

Tensor t(const Tensor& matrix) { return xt::transpose(matrix); }

Tensor times(const Tensor& a, const Tensor& b) { return matmul(constant(a), constant(b)).value(); }

Tensor random(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return normal(shape, 0, 1, rng);
}

Tensor positive(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return uniform(shape, 0.5, 2, rng);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
