// The V-curve: the error of a difference quotient against its step, in double and in float.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "keep.hpp"

using tapestry::keep;

namespace {

// A function, and the derivatives that decide its errors.
template <class T> struct Curve {
  T (*f)(T x);
  double (*d1)(double x);
  double (*d2)(double x);
  double (*d3)(double x);
};

double slope_of_tanh(double x) { return 1 - std::tanh(x) * std::tanh(x); }

template <class T>
const Curve<T> tanh_curve{
    [](T x) { return std::tanh(x); }, slope_of_tanh,
    [](double x) { return -2 * std::tanh(x) * slope_of_tanh(x); },
    [](double x) { return 2 * slope_of_tanh(x) * (3 * std::tanh(x) * std::tanh(x) - 1); }};

//> quotients
template <class T> T one_sided(T (*f)(T), T x, T h) { return (f(x + h) - f(x)) / h; }
template <class T> T central(T (*f)(T), T x, T h) { return (f(x + h) - f(x - h)) / (2 * h); }
//< quotients

// One x may be lucky: the largest error at 64 of them, from 1 to 1.06. They and h are sums of few
// powers of two, so x + h itself is exact.
template <class T, class Quotient>
double error(const Curve<T>& curve, double h, Quotient quotient) {
  double worst = 0;
  for (int j = 0; j < 64; ++j) {
    const double x = 1 + j / 1024.0;
    const auto q = static_cast<double>(quotient(curve.f, static_cast<T>(x), static_cast<T>(h)));
    worst = std::max(worst, std::abs(q - curve.d1(x)));
  }
  return worst;
}

//> unit
template <class T> double unit = std::numeric_limits<T>::epsilon() / 2; // 2^-53, or 2^-24
//< unit

// The exponent p of error = h^p between two steps, by least squares on logarithms.
template <class E> double exponent(E error, int from, int to) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (int k = from; k <= to; ++k) {
    const double x = -k, y = std::log2(error(std::exp2(-k)));
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

struct Bottom {
  double step, error;
};

//> predicted
template <class T> Bottom predicted(const Curve<T>& c, double x) {
  const double f = std::abs(static_cast<double>(c.f(static_cast<T>(x))));
  const double bend = std::abs(c.d3(x));
  const double h = std::cbrt(3 * unit<T> * f / bend);
  return {h, h * h * bend / 2};
}
//< predicted

template <class T> Bottom measured(const Curve<T>& curve, int shortest) {
  Bottom best{0, 1e300};
  for (int k = 1; k <= shortest; ++k) {
    const double h = std::exp2(-k), e = error(curve, h, central<T>);
    if (e < best.error) best = {h, e};
  }
  return best;
}

template <class T> void compare(const char* name, const Curve<T>& curve, int shortest) {
  const Bottom p = predicted(curve, 1), m = measured(curve, shortest);
  fmt::print("  {:<22} {:>9.0e} {:>9.0e} {:>11.0e} {:>9.0e}\n", name, p.step, m.step, p.error,
             m.error);
}

} // namespace

int main() {
  const Curve<double> curve = tanh_curve<double>;
  const Curve<float> in_float = tanh_curve<float>;
  const auto central_error = [&](double h) { return error(curve, h, central<double>); };
  const auto float_error = [&](double h) { return error(in_float, h, central<float>); };
  const auto one_sided_error = [&](double h) { return error(curve, h, one_sided<double>); };

  fmt::print("tanh at 1: the error of its slope, 0.42\n");
  fmt::print("  {:>6} {:>9} {:>14} {:>14} {:>14}\n", "h", "", "one-sided", "central", "in float");
  for (int k = 2; k <= 38; k += 4) {
    const double h = std::exp2(-k);
    fmt::print("  {:>6} {:>9.0e} {:>14.1e} {:>14.1e} {:>14}\n", fmt::format("2^-{}", k), h,
               one_sided_error(h), central_error(h),
               k <= 20 ? fmt::format("{:.1e}", float_error(h)) : "");
  }

  std::string tsv = "h\tone_sided\tcentral\tfloat\n";
  for (int k = 1; k <= 40; ++k) {
    const double h = std::exp2(-k);
    tsv += fmt::format("{:.4g}\t{:.1e}\t{:.1e}\t{}\n", h, one_sided_error(h), central_error(h),
                       k <= 20 ? fmt::format("{:.1e}", float_error(h)) : "nan");
  }
  keep("vcurve.tsv", tsv);

  const double long_steps = exponent(central_error, 4, 13),
               short_steps = exponent(central_error, 22, 38),
               one_sided_long = exponent(one_sided_error, 4, 20);
  fmt::print("\nThe error is h to the power of\n");
  fmt::print("  central, long steps      {:>6.2f}\n", long_steps);
  fmt::print("  central, short steps     {:>6.2f}\n", short_steps);
  fmt::print("  one-sided, long steps    {:>6.2f}\n", one_sided_long);

  fmt::print("\nThe bottom of the V, at 1:\n");
  fmt::print("  {:<22} {:>9} {:>9} {:>11} {:>9}\n", "", "best h", "measured", "least error",
             "measured");
  compare("tanh(x)", curve, 40);
  compare("1000 + tanh(x)",
          Curve<double>{[](double x) { return 1000 + std::tanh(x); }, curve.d1, curve.d2, curve.d3},
          40);
  compare("exp(10 x)",
          Curve<double>{[](double x) { return std::exp(10 * x); },
                        [](double x) { return 10 * std::exp(10 * x); },
                        [](double x) { return 100 * std::exp(10 * x); },
                        [](double x) { return 1000 * std::exp(10 * x); }},
          40);
  compare("tanh(x), in float", in_float, 20);

  // Near 1000, where x + h itself is rounded, unless h is a power of two.
  fmt::print("\nThe bottom of the V for sin(x) at 64 points near 1000:\n");
  fmt::print("  {:<34} {:>9} {:>12}\n", "", "best h", "least error");
  const auto predict = [](const char* name, double rounding) { // f and its slopes are 1 at most
    const double h = std::cbrt(3 * rounding);
    fmt::print("  {:<34} {:>9.0e} {:>12.0e}\n", name, h, h * h / 2);
  };
  const auto measure = [](const char* name, double factor) {
    Bottom far{0, 1e300};
    for (int k = 1; k <= 40; ++k) {
      const double h = factor * std::exp2(-k);
      double worst = 0;
      for (int j = 0; j < 64; ++j) {
        const double x = 1000 + 0.01 * j;
        worst = std::max(worst, std::abs(central<double>(std::sin, x, h) - std::cos(x)));
      }
      if (worst < far.error) far = {h, worst};
    }
    fmt::print("  {:<34} {:>9.0e} {:>12.0e}\n", name, far.step, far.error);
  };
  predict("by the formula above", unit<double>);
  measure("measured, h a power of two", 1);
  predict("with the argument's rounding", unit<double> * (1 + 1000));
  measure("measured, h 0.7 times such a power", 0.7);

  const Bottom best = measured(curve, 40), best_in_float = measured(in_float, 20);
  keep("vcurve.json", fmt::format("{{\"double\": {{\"step\": {:.0e}, \"error\": {:.0e}}},\n"
                                  " \"float\": {{\"step\": {:.0e}, \"error\": {:.0e}}},\n"
                                  " \"powers\": {{\"long\": {:.2f}, \"short\": {:.2f}}},\n"
                                  " \"picture\": {{\"tangent\": {:.2f}, \"one_sided\": {:.2f}, "
                                  "\"central\": {:.2f}}}}}\n",
                                  best.step, best.error, best_in_float.step, best_in_float.error,
                                  long_steps, short_steps, curve.d1(1),
                                  one_sided(curve.f, 1.0, 1.0), central(curve.f, 1.0, 1.0)));
}
