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
using tapestry::testing::together;
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
    const Ids& banned = options.banned;
    if (std::find(banned.begin(), banned.end(), token) != banned.end()) continue;
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
    return NextTokens{result};
  };
}

std::vector<MarkovModel> some_models(std::size_t n) {
  std::vector<MarkovModel> models;
  for (std::size_t i = 0; i < n; ++i) models.emplace_back(50 + i);
  return models;
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
    return NextTokens{result};
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
  BOOST_CHECK_THROW(beam_search(always({{4, HUGE_VAL}})), std::invalid_argument);
  BOOST_CHECK_THROW(beam_search(fine, 2, {.max_lengths = {3}}), std::invalid_argument);
  BOOST_CHECK_THROW(beam_search(fine, 2, {.max_lengths = {3, 0}}), std::invalid_argument);
  const auto returns = [](const Shape& shape) {
    return
        [shape](const std::vector<std::size_t>&, const Ids&) { return NextTokens{zeros(shape)}; };
  };
  BOOST_CHECK_THROW(beam_search(returns({vocabulary})), ShapeError);
  BOOST_CHECK_THROW(beam_search(returns({2, vocabulary})), ShapeError);
  BOOST_CHECK_THROW(beam_search(returns({1, 2})), ShapeError);
  const auto looks = [](const std::vector<std::size_t>&, const Ids&) {
    return NextTokens{zeros({1, vocabulary}), zeros({2, 3})};
  };
  BOOST_CHECK_THROW(beam_search(looks), ShapeError);
}

// The rows hold the same numbers, alone or together: nothing is rounded differently.
BOOST_AUTO_TEST_CASE(a_sentence_gets_what_it_gets_alone) {
  const std::vector<MarkovModel> models = some_models(7);
  for (const int size : {1, 2, 5, 40})
    for (const double alpha : {0.0, 0.6})
      for (const int longest : {1, 6, 15}) {
        BeamOptions options{
            .beam_size = size, .max_length = longest, .length_penalty = alpha, .banned = {0, 1, 6}};
        if (longest == 6) options.max_lengths = {3, 9, 1, 6, 2, 12, 4};
        const auto all = beam_search(together(models), models.size(), options);
        BOOST_REQUIRE(all.size() == models.size());
        for (std::size_t i = 0; i < models.size(); ++i) {
          BeamOptions alone = options;
          alone.max_lengths.clear();
          if (longest == 6) alone.max_length = options.max_lengths[i];
          const auto found = beam_search(together({models[i]}), alone);
          BOOST_REQUIRE(all[i].size() == found.size());
          for (std::size_t k = 0; k < found.size(); ++k) {
            BOOST_TEST(all[i][k].tokens == found[k].tokens);
            BOOST_TEST(all[i][k].log_probability == found[k].log_probability);
            BOOST_TEST(all[i][k].score == found[k].score);
            BOOST_TEST(all[i][k].finished == found[k].finished);
            BOOST_TEST((all[i][k].attention == found[k].attention));
          }
        }
      }
}

BOOST_AUTO_TEST_CASE(a_wide_beam_finds_the_best_for_each_sentence) {
  const std::vector<MarkovModel> models = some_models(5);
  for (const double alpha : {0.0, 1.0}) {
    const BeamOptions options{.beam_size = 1024,
                              .max_lengths = {1, 2, 3, 4, 5},
                              .length_penalty = alpha,
                              .banned = {0, 1, 3, 5}};
    const auto found = beam_search(together(models), models.size(), options);
    for (std::size_t i = 0; i < models.size(); ++i) {
      BeamOptions alone = options;
      alone.max_length = options.max_lengths[i];
      const Hypothesis best = brute_force(models[i], alone);
      BOOST_REQUIRE(!found[i].empty());
      BOOST_TEST(found[i][0].tokens == best.tokens);
      BOOST_TEST(found[i][0].score == best.score);
    }
  }
}

// The attention of a token is of the row that said it, whatever became of that row's neighbours.
BOOST_AUTO_TEST_CASE(attention_stays_with_its_token) {
  const std::vector<MarkovModel> models = some_models(3);
  for (const auto& sentence : beam_search(together(models), 3, {.beam_size = 4}))
    for (const Hypothesis& found : sentence) {
      BOOST_REQUIRE(found.attention.size() == found.tokens.size());
      for (std::size_t t = 0; t < found.tokens.size(); ++t) {
        const int last = t == 0 ? Vocabulary::start_id : found.tokens[t - 1];
        const std::vector<real> look{static_cast<real>(t + 1), static_cast<real>(last)};
        BOOST_TEST((found.attention[t] == look));
      }
    }
}

BOOST_AUTO_TEST_CASE(no_sentences_need_no_step) {
  const auto never = [](const std::vector<std::size_t>&, const Ids&) -> NextTokens {
    throw std::logic_error("called");
  };
  BOOST_TEST(beam_search(never, 0, {}).empty());
}

BOOST_AUTO_TEST_CASE(sampling_draws_what_is_allowed) {
  const std::vector<MarkovModel> models = some_models(4);
  Rng rng{5};
  const auto greedy = sample_search(together(models), 4, {.temperature = 0}, rng);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(greedy[i].tokens == greedy_search(together({models[i]})).tokens);

  // 2,000 draws of a word that has 0.6 of what is not banned: four deviations of its share are
  // 0.044.
  const StepFunction step = always({{3, std::log(0.5)}, {4, std::log(0.3)}, {eos, std::log(0.2)}});
  const auto drawn = sample_search(step, 2000, {}, rng, {.max_length = 1});
  double share = 0;
  for (const Hypothesis& one : drawn) {
    BOOST_REQUIRE(one.tokens.size() == 1u);
    BOOST_TEST(one.tokens[0] != 3);
    share += one.tokens[0] == 4 ? 1.0 / 2000 : 0;
    BOOST_TEST(one.log_probability ==
               static_cast<double>(static_cast<real>(std::log(one.finished ? 0.2 : 0.3))));
  }
  BOOST_TEST(std::abs(share - 0.6) < 0.044);
}

BOOST_AUTO_TEST_SUITE_END()
