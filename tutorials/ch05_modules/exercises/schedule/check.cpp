#include "expect.hpp"

#include "nn/training/schedule.hpp"

using namespace tapestry;

static Tensor first_steps(const nn::Schedule& schedule, std::size_t n) {
  Tensor factors = zeros({n});
  for (std::size_t step = 0; step < n; ++step) factors.data()[step] = schedule(step);
  return factors;
}

// Calls make() far down the stack, and then writes over the place where its variables were.
template <class Make> [[gnu::noinline]] static nn::Schedule made_below(Make make) {
  volatile unsigned char depth[16'384];
  depth[0] = 0;
  nn::Schedule schedule = make();
  depth[1] = depth[0];
  return schedule;
}
[[gnu::noinline]] static void write_over() {
  volatile unsigned char stack[32'768];
  for (volatile unsigned char& byte : stack) byte = 0x3f;
}

STEP("it lives longer than the call that makes it") {
  const nn::Schedule schedule = made_below([] { return nn::cosine_schedule(4, 0.2); });
  write_over();
  expect_equal("step 4 of cosine_schedule(4, 0.2)", schedule(4), 0.2);
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

STEP("without a warm-up, what comes after begins at once") {
  expect_equal("steps 0 to 2 of warm_up(0, cosine_schedule(2, 0.2))",
               first_steps(nn::warm_up(0, nn::cosine_schedule(2, 0.2)), 3), {1, 0.6, 0.2});
}

STEP("a cosine over 0 steps is refused") {
  expect_error<std::invalid_argument>(
      "cosine_schedule(0)", [] { nn::cosine_schedule(0); }, "cosine_schedule");
}

STEP("a use: both together") {
  expect_equal("steps 0 to 5 of warm_up(2, cosine_schedule(2, 0.2))",
               first_steps(nn::warm_up(2, nn::cosine_schedule(2, 0.2)), 6),
               {0.5, 1, 1, 0.6, 0.2, 0.2});
}
