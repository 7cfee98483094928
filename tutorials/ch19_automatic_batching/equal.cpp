// Three models written for one example, one by one and together: losses and gradients, in double.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "text/models/arithmetic_model.hpp"
#include "text/models/sentence_tagger.hpp"
#include "text/models/transition_parser.hpp"

using namespace tapestry;

namespace {

using Loss = std::function<Var(std::size_t)>;

struct Result {
  std::vector<double> losses;
  std::vector<Tensor> gradients;
  TogetherCounts counts;
};

Result run(nn::Module& model, bool together, std::size_t n, const Loss& loss) {
  Result r;
  const std::vector<Parameter> parameters = model.parameters();
  for (const Parameter& p : parameters) p.zero_grad();
  Tape tape;
  std::vector<Var> losses;
  if (together)
    losses = run_together(n, loss, {.counts = &r.counts});
  else
    for (std::size_t i = 0; i < n; ++i) losses.push_back(loss(i));
  Var total = losses[0];
  for (std::size_t i = 1; i < n; ++i) total = total + losses[i];
  for (const Var& l : losses) r.losses.push_back(static_cast<double>(l.item()));
  tape.backward(total);
  for (const Parameter& p : parameters) r.gradients.push_back(p.grad());
  return r;
}

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return d;
}

// of_one: the same loss as it is computed one by one, if that is another way.
void row(const char* name, nn::Module& model, std::size_t n, const Loss& loss,
         const Loss& of_one = {}) {
  const Result one = run(model, false, n, of_one ? of_one : loss), all = run(model, true, n, loss);
  double losses = 0, gradients = 0, entries = 0;
  for (std::size_t i = 0; i < n; ++i)
    losses = std::max(losses, std::abs(one.losses[i] - all.losses[i]));
  for (std::size_t k = 0; k < one.gradients.size(); ++k) {
    gradients = std::max(gradients, largest(one.gradients[k], all.gradients[k]));
    entries = std::max(entries, largest(one.gradients[k], zeros(one.gradients[k].shape())));
  }
  fmt::print("  {:<12}{:>18.12f}{:>18.12f}{:>14.4f}{:>12}{:>8}\n", name, losses, gradients, entries,
             all.counts.operators, all.counts.calls + all.counts.alone);
}

std::vector<int> drawn(std::size_t n, std::size_t below, Rng& rng) {
  std::vector<int> ids(n);
  for (int& id : ids) id = static_cast<int>(rng.below(below));
  return ids;
}

// Each word hangs from the one before it, or from the first: never do two arcs cross.
std::vector<int> drawn_heads(std::size_t n, Rng& rng) {
  for (;;) {
    std::vector<int> heads{0};
    for (int w = 2; w <= static_cast<int>(n); ++w) heads.push_back(rng.chance(0.7) ? w - 1 : 1);
    if (oracle_moves(heads)) return heads;
  }
}

} // namespace

int main() {
  constexpr std::size_t n = 16;
  Rng rng(1);
  std::vector<std::vector<int>> words, tags, heads;
  std::vector<std::vector<ParserMove>> moves;
  std::vector<ArithmeticTree> trees;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t length = 1 + rng.below(20);
    words.push_back(drawn(length, 50, rng));
    tags.push_back(drawn(length, 8, rng));
    heads.push_back(drawn_heads(length, rng));
    moves.push_back(*oracle_moves(heads.back()));
    trees.push_back(draw_arithmetic({.depth = rng.below(6)}, rng));
  }
  SentenceTagger tagger({.words = 50, .tags = 8, .embedding = 10, .hidden = 12}, rng);
  ArithmeticModel model({.embedding = 8, .hidden = 12}, rng);
  TransitionParser parser({.words = 50,
                           .tags = 8,
                           .word_embedding = 10,
                           .tag_embedding = 4,
                           .hidden = 8,
                           .decision = 12},
                          rng);

  fmt::print("The largest difference of {} examples together from one by one:\n", n);
  fmt::print("  {:<12}{:>18}{:>18}{:>14}{:>12}{:>8}\n", "", "a loss", "a gradient", "of entries",
             "operators", "calls");
  row("tagger", tagger, n, [&](std::size_t i) { return tagger.loss(words[i], tags[i]); });
  row(
      "tree LSTM", model, n, [&](std::size_t i) { return model.loss(trees[i]); },
      [&](std::size_t i) { return model.loss(trees[i], false); }); // node after node
  row("parser", parser, n, [&](std::size_t i) { return parser.loss(words[i], tags[i], moves[i]); });

  // Its decisions are the same, and each is taken when its scores are there.
  TogetherCounts counts;
  const auto parse = [&](std::size_t i) { return parser.parse(words[i], tags[i]); };
  const std::vector<std::vector<int>> together = run_together(n, parse, {.counts = &counts});
  std::size_t same = 0;
  for (std::size_t i = 0; i < n; ++i) same += together[i] == parse(i);
  fmt::print("\nGreedy parses that are the same: {} of {}\n", same, n);
  fmt::print("  {} operators in {} calls\n", counts.operators, counts.calls + counts.alone);
}
