#include "expect.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "text/metrics/language_score.hpp"

using namespace tapestry;

STEP("bits") {
  expect_equal("ln 2 nats over one character", bits_per_character(std::log(2.0), 1), 1);
  expect_equal("ln 8 nats over one character", bits_per_character(std::log(8.0), 1), 3);
}

STEP("per character") {
  expect_equal("two words of ln 8 nats over 12 characters",
               bits_per_character(2 * std::log(8.0), 12), 0.5);
  expect_equal("no surprise at all", bits_per_character(0, 5), 0);
}

STEP("what cannot be") {
  for (const double nats : {-1.0, std::numeric_limits<double>::quiet_NaN()})
    expect_error<std::invalid_argument>(
        "nats that are no surprise", [&] { bits_per_character(nats, 3); }, "bits_per_character");
  expect_error<std::invalid_argument>(
      "no characters", [] { bits_per_character(1, 0); }, "bits_per_character");
}

STEP("a use: a model that guesses among 27 characters") {
  LanguageScore score;
  for (int i = 0; i < 100; ++i) score.add(std::log(27.0), 1);
  expect_equal("its bits per character", bits_per_character(score.nats() * 100, 100),
               std::log2(27.0));
}
