#include "text/decoding/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "tests/text/markov_model.hpp"

using namespace tapestry;
using tapestry::testing::MarkovModel;
using tapestry::testing::vocabulary;
using Ids = std::vector<int>;

namespace {

constexpr int eos = Vocabulary::end_id;

/// The best finished sentence that goes on from `begin`, by trying all of them.
Hypothesis brute_force(const MarkovModel& model, const BeamOptions& options,
                       const Ids& begin = {}) {
  Hypothesis best{begin, 0, -std::numeric_limits<double>::infinity()};
  if (begin.size() == static_cast<std::size_t>(options.max_length)) return best;
  for (const int token : {eos, 4, 5, 6, 7}) {
    Ids sentence = begin;
    sentence.push_back(token);
    Hypothesis found;
    if (token == eos) {
      const double log_p = model.log_probability(sentence);
      const auto size = static_cast<double>(sentence.size());
      found = {sentence, log_p, log_p / std::pow(size, options.length_penalty), true};
    } else {
      found = brute_force(model, options, sentence);
    }
    if (found.score > best.score) best = found;
  }
  return best;
}

/// A step function that gives every beam the same log probabilities.
StepFunction always(std::map<int, double> log_probabilities) {
  return [log_probabilities](const std::vector<std::size_t>& parents, const Ids&) {
    Tensor result = full({parents.size(), vocabulary}, -std::numeric_limits<real>::infinity());
    for (std::size_t i = 0; i < parents.size(); ++i)
      for (const auto& [token, p] : log_probabilities)
        result(i, static_cast<std::size_t>(token)) = static_cast<real>(p);
    return result;
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(beam_search_)

// Both sides add the same numbers in the same order, so all comparisons are exact.
BOOST_AUTO_TEST_CASE(a_wide_beam_finds_the_best_of_all) {
  for (const double alpha : {0.0, 0.7, 1.0, 1.5})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      MarkovModel model{seed};
      const BeamOptions options{.beam_size = 1024, .max_length = 5, .length_penalty = alpha};
      const Hypothesis best = brute_force(model, options);
      const auto found = beam_search(model.step(), options);
      BOOST_REQUIRE(!found.empty());
      BOOST_TEST(found[0].tokens == best.tokens);
      BOOST_TEST(found[0].log_probability == best.log_probability);
      BOOST_TEST(found[0].score == best.score);
    }
}

BOOST_AUTO_TEST_CASE(narrow_beams_are_sound) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const int size : {1, 2, 3, 5}) {
      MarkovModel model{seed};
      const BeamOptions options{.beam_size = size, .max_length = 6};
      const Hypothesis best = brute_force(model, options);
      const auto found = beam_search(model.step(), options);
      BOOST_REQUIRE(!found.empty());
      BOOST_TEST(found.size() <= static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < found.size(); ++i) {
        const Ids& tokens = found[i].tokens;
        BOOST_TEST(found[i].log_probability == model.log_probability(tokens));
        BOOST_TEST(found[i].finished == (tokens.back() == eos));
        BOOST_TEST(std::count(tokens.begin(), tokens.end(), eos) == (found[i].finished ? 1 : 0));
        for (const int banned : {0, 1, 3})
          BOOST_TEST(std::count(tokens.begin(), tokens.end(), banned) == 0);
        if (i > 0) BOOST_TEST(found[i].score <= found[i - 1].score);
      }
      if (found[0].finished) BOOST_TEST(found[0].score <= best.score);
    }
}

BOOST_AUTO_TEST_CASE(greedy_takes_the_most_probable_token) {
  for (const double alpha : {0.0, 1.0})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      MarkovModel model{seed};
      Ids past{Vocabulary::start_id};
      while (past.size() < 7 && past.back() != eos) {
        int best = eos;
        for (const int token : {4, 5, 6, 7})
          if (model.log_probability(past, token) > model.log_probability(past, best)) best = token;
        past.push_back(best);
      }
      const Hypothesis found =
          greedy_search(model.step(), {.beam_size = 9, .max_length = 6, .length_penalty = alpha});
      BOOST_TEST(found.tokens == Ids(past.begin() + 1, past.end()));
      BOOST_TEST(found.finished == (past.back() == eos));
    }
}

BOOST_AUTO_TEST_CASE(a_beam_sees_past_a_tempting_first_word) {
  // 4 is likelier at first, but 4 leads nowhere in particular and 5 surely to the end.
  const auto step = [](const std::vector<std::size_t>&, const Ids& tokens) {
    Tensor result = full({tokens.size(), vocabulary}, static_cast<real>(std::log(0.1)));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i] == Vocabulary::start_id) {
        result(i, 4) = static_cast<real>(std::log(0.5));
        result(i, 5) = static_cast<real>(std::log(0.4));
      }
      if (tokens[i] == 5) result(i, eos) = 0;
    }
    return result;
  };
  BOOST_TEST(greedy_search(step).tokens.front() == 4);
  BOOST_TEST(beam_search(step, {.beam_size = 2})[0].tokens == (Ids{5, eos}));
}

BOOST_AUTO_TEST_CASE(stops_when_nothing_can_win) {
  MarkovModel model{3};
  beam_search(model.step(), {.beam_size = 3, .max_length = 1000});
  BOOST_TEST(model.steps < 30);
  int calls = 0;
  const StepFunction likely_end = always({{eos, std::log(0.9)}, {4, std::log(0.1)}});
  const auto found = beam_search(
      [&](const auto& parents, const auto& tokens) {
        ++calls;
        return likely_end(parents, tokens);
      },
      {.beam_size = 3});
  BOOST_TEST(calls == 1);
  BOOST_TEST(found[0].tokens == Ids{eos});
}

BOOST_AUTO_TEST_CASE(a_length_penalty_prefers_longer_sentences) {
  const StepFunction step = always({{eos, std::log(0.4)}, {4, std::log(0.6)}});
  BOOST_TEST(beam_search(step, {.beam_size = 2, .max_length = 4})[0].tokens.size() == 1u);
  const auto found = beam_search(step, {.beam_size = 2, .max_length = 4, .length_penalty = 1});
  BOOST_TEST(found[0].tokens == (Ids{4, 4, 4, eos}));
  BOOST_TEST(found[0].score == found[0].log_probability / 4);
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_lower_parent_then_the_lower_token) {
  const auto found =
      beam_search(always({{4, -1}, {5, -1}, {6, -1}}), {.beam_size = 3, .max_length = 2});
  BOOST_REQUIRE(found.size() == 3u);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(found[static_cast<std::size_t>(i)].tokens == (Ids{4, 4 + i}));
}

BOOST_AUTO_TEST_CASE(without_an_end_the_unfinished_are_returned) {
  const auto found = beam_search(always({{4, -1}, {5, -2}}), {.beam_size = 2, .max_length = 3});
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].tokens == (Ids{4, 4, 4}));
  BOOST_TEST(!found[0].finished);
  BOOST_TEST(beam_search(always({{Vocabulary::unk_id, 0}})).empty());
  BOOST_TEST(greedy_search(always({})).tokens.empty());
}

BOOST_AUTO_TEST_CASE(misuse_is_refused) {
  const StepFunction fine = always({{eos, 0}});
  BOOST_CHECK_THROW(beam_search(fine, {.beam_size = 0}), std::invalid_argument);
  BOOST_CHECK_THROW(beam_search(fine, {.max_length = 0}), std::invalid_argument);
  BOOST_CHECK_THROW(beam_search(fine, {.length_penalty = -1}), std::invalid_argument);
  BOOST_CHECK_THROW(beam_search(always({{4, NAN}})), std::invalid_argument);
  const auto returns = [](const Shape& shape) {
    return [shape](const std::vector<std::size_t>&, const Ids&) { return zeros(shape); };
  };
  BOOST_CHECK_THROW(beam_search(returns({vocabulary})), ShapeError);
  BOOST_CHECK_THROW(beam_search(returns({2, vocabulary})), ShapeError);
  BOOST_CHECK_THROW(beam_search(returns({1, 2})), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
