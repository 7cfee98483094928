#include <cmath>

#include <boost/test/unit_test.hpp>

#include "nn/module.hpp" // beside schedule.hpp: both are tapestry::nn
#include "nn/training/schedule.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  const auto parity = [](const std::string& key, const nn::Schedule& schedule) {
    const std::vector<double> torch = number_fixture("schedules", key);
    BOOST_TEST(torch.size() >= 8u);
    for (std::size_t step = 0; step < torch.size(); ++step)
      BOOST_TEST(std::abs(schedule(step) - torch[step]) < same_in_double);
  };
  parity("step", nn::step_schedule(3, 0.5));
  parity("cosine", nn::cosine_schedule(7, 0.05));
}

BOOST_AUTO_TEST_CASE(a_cosine_stays_at_its_floor) {
  const nn::Schedule cosine = nn::cosine_schedule(10, 0.1);
  BOOST_TEST(cosine(0) == 1);
  BOOST_TEST(std::abs(cosine(5) - 0.55) < 1e-15); // half way, rounding aside
  BOOST_TEST(cosine(10) == 0.1);
  BOOST_TEST(cosine(1000) == 0.1);
}

BOOST_AUTO_TEST_CASE(no_steps_are_no_schedule) {
  const auto message = [](const auto& make) { return message_of([&] { make(); }); };
  BOOST_TEST(message([] { nn::step_schedule(0, 0.5); }) == "step_schedule: a cut every 0 steps");
  BOOST_TEST(message([] { nn::cosine_schedule(0); }) == "cosine_schedule: a cosine over 0 steps");
}

BOOST_AUTO_TEST_CASE(a_warm_up_rises_and_hands_over) {
  const nn::Schedule warm = nn::warm_up(4, nn::step_schedule(2, 0.5));
  const std::vector<double> expected{0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5, 0.25};
  for (std::size_t step = 0; step < expected.size(); ++step)
    BOOST_TEST(warm(step) == expected[step]); // powers of two: exact
  BOOST_TEST(nn::warm_up(0, nn::step_schedule(1, 0.5))(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
