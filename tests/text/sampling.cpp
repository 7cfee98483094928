// Drawing the next token, and the figures a language model is judged by.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "text/decoding/sampling.hpp"
#include "text/metrics/confusion.hpp"
#include "text/metrics/language_score.hpp"

using namespace tapestry;

namespace {
// log of 0.5, 0.3, 0.15, 0.05, moved by a constant, which must not matter
const std::vector<real> scores{std::log(0.15f) + 3, std::log(0.5f) + 3, std::log(0.05f) + 3,
                               std::log(0.3f) + 3};

void expect(const std::vector<double>& p, const std::vector<double>& expected) {
  BOOST_REQUIRE_EQUAL(p.size(), expected.size());
  for (std::size_t i = 0; i < p.size(); ++i) // float scores have 7 digits
    BOOST_TEST(std::abs(p[i] - expected[i]) < 1e-6, i << ": " << p[i] << " != " << expected[i]);
}
} // namespace

BOOST_AUTO_TEST_CASE(probabilities_that_are_drawn_from) {
  expect(sampling_probabilities(scores), {0.15, 0.5, 0.05, 0.3});
  expect(sampling_probabilities(scores, {.temperature = 0}), {0, 1, 0, 0});
  expect(sampling_probabilities(scores, {.temperature = 0.5}), // squares, renormalised
         {0.0225 / 0.365, 0.25 / 0.365, 0.0025 / 0.365, 0.09 / 0.365});
  expect(sampling_probabilities(scores, {.top_k = 2}), {0, 0.625, 0, 0.375});
  expect(sampling_probabilities(scores, {.top_k = 9}), {0.15, 0.5, 0.05, 0.3});
  expect(sampling_probabilities(scores, {.top_p = 0.4}), {0, 1, 0, 0});
  expect(sampling_probabilities(scores, {.top_p = 0.6}), {0, 0.625, 0, 0.375});
  expect(sampling_probabilities(scores, {.top_p = 0.9}), {0.15 / 0.95, 0.5 / 0.95, 0, 0.3 / 0.95});
  // top-p comes after top-k, on what that left: 0.625 is enough for 0.6, where 0.5 was not
  expect(sampling_probabilities(scores, {.top_k = 2, .top_p = 0.6}), {0, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(equal_and_impossible_scores) {
  const real impossible = -std::numeric_limits<real>::infinity();
  // Rows that end in zeros: g++ 12 stored such constants wrongly (meson.build).
  const std::vector<real> equal{1, 1, 1, impossible};
  expect(sampling_probabilities(equal, {.top_k = 2}), {0.5, 0.5, 0, 0});
  expect(sampling_probabilities(equal, {.temperature = 0}), {1, 0, 0, 0});
  expect(sampling_probabilities(equal, {.top_p = 0.5}), {0.5, 0.5, 0, 0});
  const std::vector<real> far{0, 1000, -1000};
  expect(sampling_probabilities(far), {0, 1, 0});     // no overflow
  expect(nucleus({0.25, 0.5, 0.25}, 0.5), {0, 1, 0}); // reached exactly is reached
}

BOOST_AUTO_TEST_CASE(draws_follow_the_probabilities) {
  Rng rng(5);
  std::vector<int> counts(4);
  for (int i = 0; i < 20'000; ++i) ++counts[static_cast<std::size_t>(sample(scores, {}, rng))];
  // Four deviations of a share of 0.5 in 20,000 draws are 0.014.
  for (const auto& [id, p] :
       std::vector<std::pair<int, double>>{{0, 0.15}, {1, 0.5}, {2, 0.05}, {3, 0.3}})
    BOOST_TEST(std::abs(counts[static_cast<std::size_t>(id)] / 20'000.0 - p) < 0.014);
  Rng a(1), b(1);
  for (int i = 0; i < 50; ++i) BOOST_REQUIRE_EQUAL(sample(scores, {}, a), sample(scores, {}, b));
  const auto before = a.state();
  BOOST_TEST(sample(scores, {.temperature = 0}, a) == 1);
  BOOST_TEST((a.state() == before)); // greedy draws nothing
}

BOOST_AUTO_TEST_CASE(what_sampling_refuses) {
  Rng rng(1);
  const real nan = std::numeric_limits<real>::quiet_NaN(),
             infinity = std::numeric_limits<real>::infinity();
  const auto refused = [&](const std::vector<real>& s, const SamplingOptions& o) {
    BOOST_CHECK_THROW(sample(s, o, rng), std::invalid_argument);
  };
  refused(scores, {.temperature = -1});
  refused(scores, {.temperature = std::nan("")});
  refused(scores, {.top_p = 0});
  refused(scores, {.top_p = 1.5});
  refused({1, nan}, {});
  refused({1, infinity}, {});
  refused({-infinity}, {});
  refused({}, {});
}

BOOST_AUTO_TEST_CASE(auto_regression) { // a machine that counts: after i comes i + 1
  std::vector<int> read;
  const auto next = [&](int token) {
    read.push_back(token);
    Tensor s = full({6}, -50);
    s(static_cast<std::size_t>((token + 1) % 6)) = 50;
    return s;
  };
  Rng rng(1);
  const std::vector<int> start{0, 1};
  BOOST_TEST((generate(next, start, 5, 10, {}, rng) == std::vector<int>{2, 3, 4}));
  BOOST_TEST((read == std::vector<int>{0, 1, 2, 3, 4}));
  BOOST_TEST((generate(next, start, -1, 6, {}, rng) == std::vector<int>{2, 3, 4, 5, 0, 1}));
  BOOST_TEST(generate(next, start, 5, 0, {}, rng).empty());
  BOOST_CHECK_THROW(generate(next, {}, 5, 1, {}, rng), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(scores_of_language_models) {
  LanguageScore score;
  BOOST_TEST(std::isnan(score.nats()));
  score.add(std::log(8.0), 3);
  score.add(std::log(2.0), 1);
  score.add(std::nan(""), 0);
  const auto near = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(score.count() == 4);
  BOOST_TEST(score.bits() == 2.5, near); // (3 + 3 + 3 + 1) / 4
  BOOST_TEST(score.perplexity() == std::pow(2.0, 2.5), near);
  // Two words of 3 bits each, over a text of 12 characters.
  BOOST_TEST(bits_per_character(2 * std::log(8.0), 12) == 0.5, near);
  BOOST_TEST(bits_per_character(0, 1) == 0);
  BOOST_CHECK_THROW(bits_per_character(1, 0), std::invalid_argument);
  BOOST_CHECK_THROW(bits_per_character(-1, 1), std::invalid_argument);
  BOOST_CHECK_THROW(bits_per_character(std::nan(""), 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(confusions) {
  Confusion table(4); // class 3 is never there and never said
  for (const auto& [truth, said] :
       std::vector<std::pair<int, int>>{{0, 0}, {0, 0}, {0, 1}, {1, 1}, {2, 1}})
    table.add(truth, said);
  const auto near = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(table.accuracy() == 0.6, near);
  BOOST_TEST(table.precision(1) == 1.0 / 3, near);
  BOOST_TEST(table.recall(0) == 2.0 / 3, near);
  BOOST_TEST(table.f1(0) == 0.8, near);
  BOOST_TEST(table.f1(1) == 0.5, near);
  BOOST_TEST(table.f1(2) == 0);
  BOOST_TEST(table.macro_f1() == 1.3 / 3, near);
  BOOST_TEST(table.count(2, 1) == 1);
  BOOST_CHECK_THROW(table.add(4, 0), std::out_of_range);
  BOOST_CHECK_THROW(table.add(0, -1), std::out_of_range);
  BOOST_CHECK_THROW(Confusion(0), std::invalid_argument);
  BOOST_TEST(std::isnan(Confusion(2).accuracy()));
}
