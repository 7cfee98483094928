#include "expect.hpp"

#include <cmath>

#include "autograd/base/error.hpp"
#include "text/decoding/beam_search.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t vocabulary = 8; // four special tokens and the words 4 to 7
using Rows = std::vector<std::size_t>;
using Tokens = std::vector<int>;

template <class T> Tensor numbers(const std::vector<T>& all) {
  return tensor({all.size()}, std::vector<double>(all.begin(), all.end()));
}

// Whatever it is told, 4 has the probability 1/2, 5 has 3/10, and <end> 1/5. It keeps what it was
// told.
struct Listener {
  std::vector<Rows> parents;
  std::vector<Tokens> tokens;

  std::vector<std::vector<Hypothesis>> search(std::size_t sentences, const BeamOptions& options) {
    const auto step = [this](const Rows& from, const Tokens& said) {
      if (parents.size() == 30)
        fail("the calls of the step function", "they do not end", {from.begin(), from.end()});
      parents.push_back(from);
      tokens.push_back(said);
      Tensor log_p = full({from.size(), vocabulary}, -50.0);
      for (std::size_t i = 0; i < from.size(); ++i) {
        log_p(i, 4) = std::log(0.5);
        log_p(i, 5) = std::log(0.3);
        log_p(i, Vocabulary::end_id) = std::log(0.2);
      }
      return NextTokens{log_p};
    };
    return beam_search(step, sentences, options);
  }
};

// What a row has said, and for which sentence of several.
struct Said {
  std::size_t sentence;
  Tokens tokens;
};

// Log probabilities that depend on the sentence and on all that was said.
StepFunction storyteller(const Rows& sentences) {
  std::vector<Said> all;
  for (const std::size_t s : sentences) all.push_back({s, {}});
  return [all](const Rows& parents, const Tokens& tokens) mutable {
    std::vector<Said> now;
    NextTokens next{Tensor::from_shape({parents.size(), vocabulary})};
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (parents[i] >= all.size())
        fail("a parent", "there is no such row", {static_cast<double>(parents[i])});
      now.push_back(all[parents[i]]);
      now[i].tokens.push_back(tokens[i]);
      std::uint64_t seed = 1 + now[i].sentence;
      for (const int token : now[i].tokens) seed = 31 * seed + static_cast<std::uint64_t>(token);
      Rng rng(seed);
      double sum = 0;
      for (std::size_t v = 0; v < vocabulary; ++v)
        sum += next.log_probabilities(i, v) = std::exp(rng.normal());
      for (std::size_t v = 0; v < vocabulary; ++v)
        next.log_probabilities(i, v) = std::log(next.log_probabilities(i, v) / sum);
    }
    all = std::move(now);
    return next;
  };
}

} // namespace

STEP("the first call") {
  Listener model;
  model.search(3, {.beam_size = 1, .max_length = 1, .start_id = 6});
  expect_equal("the calls for 3 sentences of 1 token", static_cast<double>(model.parents.size()),
               1);
  expect_equal("the parents", numbers(model.parents[0]), {0, 1, 2});
  expect_equal("the tokens, where start_id is 6", numbers(model.tokens[0]), {6, 6, 6});
}

STEP("each live beam has a row") {
  Listener model;
  model.search(1, {.beam_size = 2, .max_length = 3});
  expect_equal("the calls for 1 sentence of 3 tokens, 2 beams",
               static_cast<double>(model.parents.size()), 3);
  expect_equal("the parents of the second call", numbers(model.parents[1]), {0, 0});
  expect_equal("the tokens of the second call: 4 and 5", numbers(model.tokens[1]), {4, 5});
  expect_equal("the parents of the third call: 4 4 and 4 5 are the best", numbers(model.parents[2]),
               {0, 0});
  expect_equal("the tokens of the third call", numbers(model.tokens[2]), {4, 5});
}

STEP("the beams of all sentences are neighbours") {
  Listener model;
  model.search(3, {.beam_size = 2, .max_length = 3});
  expect_equal("the parents of the second call, 3 sentences of 2 beams", numbers(model.parents[1]),
               {0, 0, 1, 1, 2, 2});
  expect_equal("the tokens of the second call", numbers(model.tokens[1]), {4, 5, 4, 5, 4, 5});
  expect_equal("the parents of the third call", numbers(model.parents[2]), {0, 0, 2, 2, 4, 4});
}

STEP("a sentence that is done has no rows") {
  Listener model;
  const auto found = model.search(3, {.beam_size = 2, .max_lengths = {3, 1, 4}});
  expect_equal("the calls for sentences of 3, 1 and 4 tokens",
               static_cast<double>(model.parents.size()), 4);
  expect_equal("the parents of the second call", numbers(model.parents[1]), {0, 0, 2, 2});
  expect_equal("the parents of the third call", numbers(model.parents[2]), {0, 0, 2, 2});
  expect_equal("the parents of the fourth call", numbers(model.parents[3]), {2, 2});
  for (std::size_t i = 0; i < 3; ++i)
    expect_equal("the tokens of each sentence's best",
                 static_cast<double>(found[i].at(0).tokens.size()),
                 i == 0   ? 3.0
                 : i == 1 ? 1.0
                          : 4.0);
}

STEP("answers that do not fit") {
  const auto rows = [](std::size_t n) {
    return [n](const Rows&, const Tokens&) { return NextTokens{zeros({n, vocabulary})}; };
  };
  expect_error<ShapeError>(
      "3 rows for 2 sentences", [&] { beam_search(rows(3), 2, {}); }, "expected (2, V)");
  expect_error<ShapeError>(
      "2 rows where 2 sentences have 4 beams",
      [&] {
        beam_search(rows(2), 2, {.beam_size = 2, .banned = {0, 1, 2, 3}});
      },
      "expected (4, V)");
}

STEP("no sentences") {
  Listener model;
  expect_equal("what is found", static_cast<double>(model.search(0, {}).size()), 0);
  expect_equal("the calls", static_cast<double>(model.parents.size()), 0);
}

STEP("a use: five sentences, together and alone") {
  const Rows all{0, 1, 2, 3, 4};
  const BeamOptions options{.beam_size = 3, .max_length = 8, .length_penalty = 1};
  const auto together = beam_search(storyteller(all), 5, options);
  for (const std::size_t i : all) {
    const auto alone = beam_search(storyteller({i}), options);
    expect_equal("how many translations a sentence gets", static_cast<double>(together[i].size()),
                 static_cast<double>(alone.size()));
    for (std::size_t k = 0; k < alone.size(); ++k) {
      expect_equal("the tokens of one", numbers(together[i][k].tokens), numbers(alone[k].tokens));
      expect_equal("its log probability", together[i][k].log_probability, alone[k].log_probability);
    }
  }
}
