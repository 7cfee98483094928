// Models written for one example: run together they give what one by one gives. In double.
#include <boost/test/unit_test.hpp>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "text/models/arithmetic_model.hpp"
#include "text/models/sentence_tagger.hpp"
#include "text/models/transition_parser.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct TrainingPass {
  std::vector<double> losses;
  std::vector<Tensor> gradients;
  TogetherCounts counts;
};

TrainingPass pass(nn::Module& model, bool together, std::size_t n,
                  const std::function<Var(std::size_t)>& loss) {
  TrainingPass p;
  const std::vector<Parameter> parameters = model.parameters();
  for (const Parameter& w : parameters) w.zero_grad();
  Tape tape;
  std::vector<Var> losses;
  if (together)
    losses = run_together(n, loss, {.counts = &p.counts});
  else
    for (std::size_t i = 0; i < n; ++i) losses.push_back(loss(i));
  Var total = constant(0);
  for (const Var& l : losses) {
    p.losses.push_back(static_cast<double>(l.item()));
    total = total + l;
  }
  tape.backward(total);
  for (const Parameter& w : parameters) p.gradients.push_back(w.grad());
  return p;
}

// Tolerance: sums of a few thousand products in double, in another order.
TogetherCounts expect_same_pass(nn::Module& model, std::size_t n,
                                const std::function<Var(std::size_t)>& loss) {
  const TrainingPass alone = pass(model, false, n, loss), all = pass(model, true, n, loss);
  for (std::size_t i = 0; i < n; ++i)
    BOOST_TEST(std::abs(alone.losses[i] - all.losses[i]) < 1e-12 * (1 + std::abs(alone.losses[i])));
  for (std::size_t k = 0; k < alone.gradients.size(); ++k) {
    double largest = 1, difference = 0;
    for (std::size_t j = 0; j < alone.gradients[k].size(); ++j) {
      const auto a = static_cast<double>(alone.gradients[k].data()[j]),
                 b = static_cast<double>(all.gradients[k].data()[j]);
      largest = std::max(largest, std::abs(a));
      difference = std::max(difference, std::abs(a - b));
    }
    BOOST_TEST(difference < 1e-12 * largest);
  }
  return all.counts;
}

std::vector<int> some_ids(std::size_t n, std::size_t below, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<int> ids(n);
  for (int& id : ids) id = static_cast<int>(rng.below(below));
  return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(batched_models)

BOOST_AUTO_TEST_CASE(sentence_tagger) {
  Rng rng(1);
  SentenceTagger model({.words = 20, .tags = 5, .embedding = 6, .hidden = 7}, rng);
  const TogetherCounts c = expect_same_pass(model, 6, [&](std::size_t i) {
    const std::size_t n = 3 + i;
    return model.loss(some_ids(n, 20, i), some_ids(n, 5, 100 + i));
  });
  // Six sentences share most calls: two of three operators, although lengths differ.
  BOOST_TEST(c.calls + c.alone < c.operators / 3);
  BOOST_CHECK_THROW(model.loss({}, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(arithmetic_model) {
  Rng rng(1);
  ArithmeticModel model({.embedding = 3, .hidden = 5}, rng);
  std::vector<ArithmeticTree> trees;
  for (std::size_t i = 0; i < 6; ++i) trees.push_back(draw_arithmetic({.depth = i}, rng));
  for (const bool in_parts : {true, false})
    expect_same_pass(model, trees.size(),
                     [&](std::size_t i) { return model.loss(trees[i], in_parts); });
  for (const ArithmeticTree& tree : trees)
    BOOST_TEST(std::abs(model.loss(tree).item() - model.loss(tree, false).item()) < 1e-12);
}

BOOST_AUTO_TEST_CASE(transition_parser) {
  Rng rng(1);
  TransitionParser model(
      {.words = 20, .tags = 4, .word_embedding = 5, .tag_embedding = 2, .hidden = 4, .decision = 6},
      rng);
  const std::vector<int> heads[] = {{2, 0, 2}, {0}, {2, 3, 0, 3}, {0, 1, 2, 3, 1}};
  const auto words = [&](std::size_t i) { return some_ids(heads[i].size(), 20, i); };
  const auto tags = [&](std::size_t i) { return some_ids(heads[i].size(), 4, 50 + i); };
  expect_same_pass(model, 4, [&](std::size_t i) {
    return model.loss(words(i), tags(i), *oracle_moves(heads[i]));
  });
  const auto parsed = [&](std::size_t i) { return model.parse(words(i), tags(i)); };
  const std::vector<std::vector<int>> together = run_together(4, parsed);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(together[i] == parsed(i), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(arc_standard)

BOOST_AUTO_TEST_CASE(the_oracle_makes_every_tree_without_crossing_arcs) {
  for (const std::vector<int>& heads : std::vector<std::vector<int>>{
           {0}, {2, 0}, {0, 1}, {2, 0, 2}, {3, 3, 0}, {2, 4, 2, 0, 6, 4}, {0, 1, 2, 3, 4}}) {
    const auto moves = oracle_moves(heads);
    BOOST_REQUIRE(moves);
    BOOST_TEST(moves->size() == 2 * heads.size());
    ParserState state(heads.size());
    for (const ParserMove move : *moves) {
      BOOST_TEST(state.allowed(move));
      state.make(move);
    }
    BOOST_TEST(state.finished());
    BOOST_TEST(state.heads() == heads, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(what_it_cannot_make) {
  const std::vector<std::vector<int>> wrong = {{3, 4, 0, 3}, // 1 <- 3 and 2 <- 4 cross
                                               {2, 1},       // a circle
                                               {0, 0},       // two roots
                                               {5, 0},       // no such word
                                               {-1}};
  for (const std::vector<int>& heads : wrong) BOOST_TEST(!oracle_moves(heads));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tapestry::inline TAPESTRY_PRECISION
