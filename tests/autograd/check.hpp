// What the tests of autograd share.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "autograd/autograd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

inline Tensor tensor(const Shape& shape, const std::vector<double>& values) {
  Tensor t = Tensor::from_shape(shape);
  BOOST_REQUIRE_EQUAL(t.size(), values.size());
  std::transform(values.begin(), values.end(), t.data(),
                 [](double x) { return static_cast<real>(x); });
  return t;
}

inline Tensor random(const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed);
  return normal(shape, 0, 1, rng);
}

/// In [0.5, 2): where logarithms, roots and quotients are smooth.
inline Tensor positive(const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed);
  return uniform(shape, 0.5, 2, rng);
}

/// The largest difference of two tensors beside the largest entry, or beside `scale` if that is
/// more; infinite if the shapes differ.
inline double distance(const Tensor& a, const Tensor& b, double scale = 0) {
  if (a.shape() != b.shape()) return std::numeric_limits<double>::infinity();
  double largest = scale, difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a.data()[i]), y = static_cast<double>(b.data()[i]);
    if (!std::isfinite(x - y)) return std::numeric_limits<double>::infinity();
    largest = std::max({largest, std::abs(x), std::abs(y)});
    difference = std::max(difference, std::abs(x - y));
  }
  return largest == 0 ? 0 : difference / largest;
}

/// Bit for bit.
inline bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::equal(a.storage().begin(), a.storage().end(), b.storage().begin());
}

/// What the error of the wanted type says, or that there was none.
template <class Error, class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  } catch (const std::exception& e) {
    return std::string("another error: ") + e.what();
  }
  return "no error";
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The check's tolerance is its own: 1e-6 relative in double, beside the error that the finite
/// difference measures for itself.
template <class F, std::size_t n>
void expect_gradients(const char* what, F&& f, const GradcheckInput (&inputs)[n]) {
  for (std::uint64_t seed : {1, 2}) {
    const GradcheckReport report = gradcheck(f, inputs, {.seed = seed});
    BOOST_CHECK_MESSAGE(report.passed, what << ", seed " << seed << ": " << report.text());
    if (inputs[0].value.size() > 0) BOOST_CHECK(!report.entries.empty());
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
