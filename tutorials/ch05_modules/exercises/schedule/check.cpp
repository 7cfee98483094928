#include "expect.hpp"

#include "nn/training/schedule.hpp"

using namespace tapestry;

static Tensor first_steps(const nn::Schedule& schedule, std::size_t n) {
  Tensor factors = zeros({n});
  for (std::size_t step = 0; step < n; ++step) factors.data()[step] = schedule(step);
  return factors;
}

STEP("half a cosine") {
  const double r = std::sqrt(0.5) / 2;
  expect_equal("steps 0 to 4 of cosine_schedule(4)", first_steps(nn::cosine_schedule(4), 5),
               {1, 0.5 + r, 0.5, 0.5 - r, 0});
}

STEP("down to the floor") {
  expect_equal("steps 0 to 2 of cosine_schedule(2, 0.2)",
               first_steps(nn::cosine_schedule(2, 0.2), 3), {1, 0.6, 0.2});
}

STEP("and there it stays") {
  expect_equal("steps 0 to 5 of cosine_schedule(2, 0.2)",
               first_steps(nn::cosine_schedule(2, 0.2), 6), {1, 0.6, 0.2, 0.2, 0.2, 0.2});
}

STEP("warm-up") {
  const nn::Schedule after = [](std::size_t step) { return 1 - 0.1 * static_cast<double>(step); };
  expect_equal("steps 0 to 6 of warm_up(4, 1 - step / 10)", first_steps(nn::warm_up(4, after), 7),
               {0.25, 0.5, 0.75, 1, 1, 0.9, 0.8});
}

STEP("a use: both together") {
  expect_equal("steps 0 to 5 of warm_up(2, cosine_schedule(2, 0.2))",
               first_steps(nn::warm_up(2, nn::cosine_schedule(2, 0.2)), 6),
               {0.5, 1, 1, 0.6, 0.2, 0.2});
}
