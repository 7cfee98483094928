// How the library finds a good step without knowing the third derivative.
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "autograd/check/finite_difference.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

void show(const char* name, const std::function<double(double)>& f, double slope) {
  //> probe
  const Probe probe = [&](double t) { return Sample{f(t) - f(0), std::abs(f(0)), false}; };
  const Difference usual = central_difference(probe, usual_step(), 1);
  const Difference best = best_difference(probe, 1);
  //< probe
  fmt::print("  {:<26} {:>8.0e} {:>8.0e} {:>8.0e} {:>8.0e}\n", name,
             std::abs(usual.value - slope) / std::abs(slope), best.step,
             std::abs(best.value - slope) / std::abs(slope), best.error / std::abs(slope));
}

} // namespace

int main() {
  const double t1 = std::tanh(1), peak = 1000 * std::exp(-0.25);
  fmt::print("relative error of the slope at t = 0\n");
  fmt::print("  {:<26} {:>8} {:>8} {:>8} {:>8}\n", "", fmt::format("{:.0e}", usual_step()), "step",
             "error", "it says");
  show(
      "tanh(1 + t)", [](double t) { return std::tanh(1 + t); }, 1 - t1 * t1);
  show(
      "1000 + tanh(1 + t)", [](double t) { return 1000 + std::tanh(1 + t); }, 1 - t1 * t1);
  show(
      "1e6 + tanh(1 + t)", [](double t) { return 1e6 + std::tanh(1 + t); }, 1 - t1 * t1);
  show(
      "exp(10 (1 + t))", [](double t) { return std::exp(10 * (1 + t)); }, 10 * std::exp(10));
  show(
      "a peak, 0.001 wide", [](double t) { return std::exp(-std::pow((t - 0.0005) / 0.001, 2)); },
      peak);
  keep("bottom.json", fmt::format("{{\"usual\": \"{:.0e}\"}}\n", usual_step()));
}
