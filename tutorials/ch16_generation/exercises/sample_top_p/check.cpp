#include "expect.hpp"

#include <cmath>

#include "text/decoding/sampling.hpp"

using namespace tapestry;

namespace {

Tensor kept(const std::vector<double>& probabilities, double top_p) {
  const std::vector<double> p = nucleus(probabilities, top_p);
  return tensor({p.size()}, p);
}
const std::vector<double> four{0.15, 0.5, 0.05, 0.3};

} // namespace

STEP("the fewest that reach top_p") {
  expect_equal("0.75 of 0.15, 0.5, 0.05, 0.3: two are left", kept(four, 0.75),
               {0, 0.625, 0, 0.375});
  expect_equal("0.9 of them: three are left", kept(four, 0.9),
               {0.15 / 0.95, 0.5 / 0.95, 0, 0.3 / 0.95});
}

STEP("one in any case") { expect_equal("0.01 of them", kept(four, 0.01), {0, 1, 0, 0}); }

STEP("reached is enough") {
  expect_equal("0.5 of 0.25, 0.5, 0.25", kept({0.25, 0.5, 0.25}, 0.5), {0, 1, 0});
  expect_equal("0.75 of them: the first of the equal ones", kept({0.25, 0.5, 0.25}, 0.75),
               {1.0 / 3, 2.0 / 3, 0});
}

STEP("all") { expect_equal("1 of them", kept({0.25, 0.5, 0, 0.25}, 1), {0.25, 0.5, 0, 0.25}); }

STEP("a use: what is drawn") {
  const std::vector<real> scores{std::log(real(0.15)), std::log(real(0.5)), std::log(real(0.05)),
                                 std::log(real(0.3))};
  Rng rng(3);
  std::vector<double> counts(4);
  for (int i = 0; i < 4000; ++i)
    ++counts[static_cast<std::size_t>(sample(scores, {.top_p = 0.6}, rng))];
  expect("4,000 draws with top_p 0.6", counts[0] + counts[2] == 0, "an unlikely token was drawn",
         counts);
  // Four deviations of a share of 0.625 in 4,000 draws are 0.031.
  expect_equal("the share of the likeliest", counts[1] / 4000, 0.625, 0.05);
}
