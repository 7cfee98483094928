#include "expect.hpp"

#include <cmath>

#include "text/decoding/sampling.hpp"
#include "text/models/language_model.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t vocabulary = 10;

// Its likeliest continuation is the sum of all tokens that it was told, modulo 10. The next number
// after it is half as likely.
struct Adder {
  std::vector<int> told;
  Tensor operator()(int token) {
    told.push_back(token);
    int sum = 0;
    for (const int t : told) sum += t;
    Tensor scores = full({vocabulary}, -50.0);
    scores(static_cast<std::size_t>(sum) % vocabulary) = 0;
    scores(static_cast<std::size_t>(sum + 1) % vocabulary) = static_cast<real>(std::log(0.5));
    return scores;
  }
};

struct Written {
  Tensor drawn, told;
};
Tensor numbers(const std::vector<int>& ids) {
  return tensor({ids.size()}, std::vector<double>(ids.begin(), ids.end()));
}
Written write(const std::vector<int>& start, int end, std::size_t most,
              const SamplingOptions& options = {.temperature = 0}, std::uint64_t seed = 1) {
  Adder adder;
  Rng rng(seed);
  const std::vector<int> drawn =
      generate([&](int token) { return adder(token); }, start, end, most, options, rng);
  return {numbers(drawn), numbers(adder.told)};
}

} // namespace

STEP("each token is read before the next is drawn") {
  // 3, so 3; 3 + 3 = 6; 12; 24; 48
  expect_equal("the sum so far, from 3", write({3}, -1, 5).drawn, {3, 6, 2, 4, 8});
}

STEP("the whole start is read") {
  expect_equal("from 1, 2, 4", write({1, 2, 4}, -1, 3).drawn, {7, 4, 8});
}

STEP("the end") {
  expect_equal("from 3, until a 4", write({3}, 4, 10).drawn, {3, 6, 2});
  expect_equal("from 3, until a 3: nothing", write({3}, 3, 10).drawn, Tensor::from_shape({0}));
}

STEP("nothing is read in vain") {
  expect_equal("told when 3 were drawn after 1, 2", write({1, 2}, -1, 3).told, {1, 2, 3, 6});
  expect_equal("told when the end was drawn", write({3}, 4, 10).told, {3, 3, 6, 2});
  expect_equal("told when none is to be drawn", write({1, 2}, -1, 0).told, {1, 2});
}

STEP("the options and the generator are handed on") {
  std::vector<double> firsts(2), seconds(2);
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Tensor drawn = write({2}, -1, 2, {.temperature = 1}, seed).drawn;
    ++firsts[drawn(0) == 2 ? 0 : 1];
    ++seconds[static_cast<int>(drawn(1)) == static_cast<int>(2 + drawn(0)) % 10 ? 0 : 1];
  }
  // Two of three; a standard deviation of 300 draws is 8.
  expect("first draws at temperature 1", firsts[0] > 160 && firsts[0] < 240,
         "the likeliest must come about 200 times of 300", firsts);
  expect("second draws at temperature 1", seconds[0] > 160 && seconds[0] < 240,
         "the likeliest must come about 200 times of 300", seconds);
}

STEP("a use: a language model") {
  Rng rng(1);
  LanguageModel model({.vocabulary = 5, .embedding = 4, .hidden = 6}, rng);
  LSTMState state = model.start(1);
  const auto next = [&](int id) {
    Indices ids = Indices::from_shape({1});
    ids(0) = id;
    return model.next(ids, state);
  };
  const std::vector<int> drawn =
      generate(next, std::vector<int>{2}, -1, 6, {.temperature = 0}, rng);
  LSTMState again = model.start(1);
  std::vector<int> wanted;
  for (int id = 2; wanted.size() < 6; wanted.push_back(id)) {
    Indices ids = Indices::from_shape({1});
    ids(0) = id;
    const Tensor scores = model.next(ids, again);
    id = 0;
    for (int i = 1; i < 5; ++i)
      if (scores(0, static_cast<std::size_t>(i)) > scores(0, static_cast<std::size_t>(id))) id = i;
  }
  expect_equal("the likeliest each time", numbers(drawn), numbers(wanted));
}
