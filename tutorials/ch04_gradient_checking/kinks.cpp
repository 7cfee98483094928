// Kinks: what a central difference makes of relu at 0 and near it, and how the check gets away.
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/functions.hpp"

using namespace tapestry;

namespace {

double relu_of(double x) { return relu(constant(Tensor(x))).item(); }

double quotient(double x, double h) { return (relu_of(x + h) - relu_of(x - h)) / (2 * h); }

//> side
// The side of its kink that relu takes at x, as a hash.
std::uint64_t side(double x) {
  BranchWatch watch;
  (void)relu_of(x);
  return watch.hash();
}
//< side

} // namespace

int main() {
  fmt::print("central differences of relu\n  {:>8} {:>12} {:>12}\n", "h", "at 0", "at 0.003");
  for (double h : {1e-1, 1e-2, 1e-3, 1e-4, 1e-5})
    fmt::print("  {:>8.0e} {:>12.4f} {:>12.4f}\n", h, quotient(0, h), quotient(0.003, h));

  fmt::print("\nside(h) == side(-h) == side(0)?\n");
  for (double x : {0.0, 0.003})
    for (double h : {1e-2, 1e-5})
      fmt::print("  around {:<6} with h = {:.0e}: {}\n", x, h,
                 side(x + h) == side(x) && side(x - h) == side(x) ? "yes" : "no");

  fmt::print("\nthe gradient check\n");
  const auto f = [](const Var& a) { return relu(a); };
  fmt::print("near the kink:  {}", gradcheck(f, {Tensor{-1, 0.003, 2}}).text());
  fmt::print("on the kink:    {}", gradcheck(f, {Tensor{-1, 0, 2}}).text());
}
