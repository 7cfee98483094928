// How small a mistake does the check see? A tanh whose gradient is too large by a share of `wrong`,
// in whatever precision the library was built with.
#pragma once

#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry {

//> sees
inline void print_what_it_sees() {
  Rng rng(1);
  const Tensor x = uniform({2, 3}, -1, 1, rng);
  for (double wrong : {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 0.0}) {
    const auto f = [&](const Var& a) {
      Var y{xt::tanh(a.value())};
      return record("tanh", y, {a}, [a, y, wrong] {
        a.grad() += y.grad() * (1 - xt::square(y.value())) * static_cast<real>(1 + wrong);
      });
    };
    const GradcheckReport report = gradcheck(f, {x}, {.diagnose = false});
    fmt::print("  {:>7} too much: {}\n", fmt::format("{:g}", wrong),
               report.passed ? "passed" : "rejected");
  }
}
//< sees

} // namespace tapestry
