// Automatic batching: programs for one example, one by one, run together, and packed by hand.
//
// The tagger has the sizes of DyNet's example: 1,000 sentences of 40 words, two bidirectional
// layers of 200, 64 sentences to an update; each word has an embedding of 200, and there are 300
// tags. The tree LSTM reads arithmetic trees, together with the nodes of one height as parts, one
// by one node after node; the parser decides by its own scores.
#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/bench/bench.hpp"
#include "text/models/arithmetic_model.hpp"
#include "text/models/sentence_tagger.hpp"
#include "text/models/transition_parser.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t examples = 64, words = 1000, tags = 300, steps = 40, wide = 200;

using Losses = std::function<Var(std::size_t)>; // of example i

double seconds_now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

Var total(const std::vector<Var>& losses) {
  Var sum = losses[0];
  for (std::size_t i = 1; i < losses.size(); ++i) sum = sum + losses[i];
  return sum;
}

// A training step: all losses, their gradients, an update.
struct Step {
  Step(nn::Module& model, Losses f, Losses one = {})
      : loss(std::move(f)), loss_of_one(one ? std::move(one) : loss),
        optimizer(model.parameters(), {.lr = 1e-4}) {}

  void one_by_one() {
    optimizer.zero_grad();
    for (std::size_t i = 0; i < examples; ++i) {
      Tape tape;
      tape.backward(loss_of_one(i));
    }
    optimizer.step();
  }
  void together() {
    optimizer.zero_grad();
    Tape tape;
    tape.backward(total(run_together(examples, loss)));
    optimizer.step();
  }

  // Of the time of together(), the share that is neither an operator, nor its pull-back, nor the
  // update.
  double overhead() {
    TogetherCounts counts;
    const double begin = seconds_now();
    optimizer.zero_grad();
    Tape tape;
    const std::vector<Var> losses = run_together(examples, loss, {.counts = &counts});
    const Var sum = total(losses);
    double work = counts.call_seconds;
    tape.begin_backward(sum, ones(sum.shape()));
    for (;;) {
      const double start = seconds_now();
      const std::ptrdiff_t record = tape.step_back();
      if (record < 0) break;
      const char* op = tape.line(static_cast<std::size_t>(record)).op;
      if (std::strcmp(op, "join") != 0 && std::strcmp(op, "cut") != 0)
        work += seconds_now() - start;
    }
    const double before = seconds_now();
    optimizer.step();
    const double end = seconds_now();
    return 1 - (work + end - before) / (end - begin);
  }

  Losses loss, loss_of_one; // the same numbers, as it is best written for one alone
  nn::Adam optimizer;
};

// The whole batch by the fused layers on packed rows, as chapter 14's tagger has it.
struct PackedTagger : nn::Module {
  explicit PackedTagger(Rng& rng)
      : embed({words, wide}, rng),
        lstm({.input_size = wide, .hidden_size = wide, .num_layers = 2, .bidirectional = true},
             rng),
        to_tags({2 * wide, tags}, rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed);
    v("lstm", lstm);
    v("to_tags", to_tags);
  }
  Var loss(const PackedIndices& x, const Indices& targets) const {
    return static_cast<double>(examples) *
           cross_entropy(to_tags(lstm(embed(x)).output.data), targets);
  }
  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear to_tags;
};

std::vector<std::vector<int>> drawn(std::size_t n, std::size_t length, std::size_t below,
                                    Rng& rng) {
  std::vector<std::vector<int>> all(n);
  for (auto& ids : all)
    for (std::size_t t = 0; t < length; ++t) ids.push_back(static_cast<int>(rng.below(below)));
  return all;
}

// Turns of each, the shortest of which counts.
std::vector<double> best_of(int turns, const std::vector<std::function<void()>>& all) {
  std::vector<double> best(all.size(), 1e300);
  for (int turn = 0; turn < turns; ++turn)
    for (std::size_t i = 0; i < all.size(); ++i)
      best[i] = std::min(best[i], bench::milliseconds(all[i]));
  return best;
}

void report(bench::Bench& suite, const std::string& name, Step& step,
            const std::function<void()>& packed = nullptr) {
  if (!suite.wanted(name)) return;
  std::vector<std::function<void()>> all = {[&] { step.together(); }};
  if (packed) all.push_back(packed);
  for (const auto& f : all) f(); // memory and caches
  const std::vector<double> fast = best_of(5, all);
  const double alone = best_of(2, {[&] { step.one_by_one(); }})[0];
  double overhead = 1;
  for (int i = 0; i < 3; ++i) overhead = std::min(overhead, step.overhead());
  const auto rate = [](double ms) { return 1000.0 * examples / ms; };
  nlohmann::json row = {{"case", name},
                        {"ours_ms", fast[0]},
                        {"one_by_one_ms", alone},
                        {"per_second", rate(fast[0])},
                        {"one_by_one_per_second", rate(alone)},
                        {"times_one_by_one", alone / fast[0]},
                        {"overhead", overhead}};
  std::string line = fmt::format("{:<16} {:9.1f} {:9.1f} {:9.1f}", name, rate(alone), rate(fast[0]),
                                 alone / fast[0]);
  if (packed) {
    row["packed_ms"] = fast[1];
    row["of_packed"] = fast[0] / fast[1];
    line += fmt::format(" {:9.1f} {:9.2f}", rate(fast[1]), fast[0] / fast[1]);
  } else {
    line += fmt::format(" {:>9} {:>9}", "", "");
  }
  suite.add(row, line + fmt::format(" {:8.1f} %", 100 * overhead));
}

// How many calls the agenda makes of a batch's operators, by policy.
void count(bench::Bench& suite, const std::string& name, const Losses& program) {
  if (!suite.wanted("agenda " + name)) return;
  nlohmann::json row = {{"case", "agenda " + name}};
  std::string line = fmt::format("agenda, {:<12}", name);
  const std::pair<const char*, AgendaPolicy> policies[] = {{"first_come", AgendaPolicy::first_come},
                                                           {"largest", AgendaPolicy::largest},
                                                           {"depth", AgendaPolicy::depth},
                                                           {"new_last", AgendaPolicy::new_last}};
  for (const auto& [policy, value] : policies) {
    TogetherCounts c;
    run_together(examples, program, {.policy = value, .counts = &c});
    row[policy] = c.calls + c.alone;
    row["operators"] = c.operators;
    line += fmt::format("  {} {}", policy, c.calls + c.alone);
  }
  suite.add(row, line + fmt::format("  (operators: {})", row["operators"].get<std::size_t>()));
}

} // namespace

int main(int argc, char** argv) try {
  bench::Bench suite("autobatch", argc, argv, bench::Unit::milliseconds,
                     fmt::format("{:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10}", "examples/s",
                                 "alone", "together", "times", "packed", "of packed", "overhead"));
  Rng rng(1);
  const auto sentences = drawn(examples, steps, words, rng),
             answers = drawn(examples, steps, tags, rng);
  SentenceTagger tagger({.words = words, .tags = tags, .embedding = wide, .hidden = wide}, rng);
  Step tagging(tagger, [&](std::size_t i) { return tagger.loss(sentences[i], answers[i]); });

  PackedTagger by_hand(rng);
  nn::Adam by_hand_update(by_hand.parameters(), {.lr = 1e-4});
  const Lengths lengths(examples, static_cast<int>(steps));
  const PackedIndices x = pack_padded_sequence(stack_padded(sentences, 0), lengths);
  const Indices targets = pack_padded_sequence(stack_padded(answers, 0), lengths).data;
  report(suite, "tagger", tagging, [&] {
    by_hand_update.zero_grad();
    Tape tape;
    tape.backward(by_hand.loss(x, targets));
    by_hand_update.step();
  });

  ArithmeticModel model({.embedding = 150, .hidden = 150}, rng);
  std::vector<ArithmeticTree> trees;
  for (std::size_t i = 0; i < examples; ++i) trees.push_back(draw_arithmetic({.depth = 5}, rng));
  Step computing(
      model, [&](std::size_t i) { return model.loss(trees[i]); },
      [&](std::size_t i) { return model.loss(trees[i], false); });
  report(suite, "tree LSTM", computing);

  TransitionParser parser({.words = words, .tags = 20}, rng);
  const auto kinds = drawn(examples, steps, 20, rng);
  std::vector<std::vector<ParserMove>> moves(examples);
  for (auto& of_one : moves)
    while (of_one.empty()) { // heads at random, until they are a tree that can be made
      std::vector<int> heads{0};
      for (int w = 2; w <= static_cast<int>(steps); ++w)
        heads.push_back(rng.chance(0.7) ? w - 1 : 1);
      if (const auto made = oracle_moves(heads)) of_one = *made;
    }
  Step parsing(parser,
               [&](std::size_t i) { return parser.loss(sentences[i], kinds[i], moves[i]); });
  report(suite, "parser", parsing);

  const auto short_ones = [&](std::size_t i) {
    return std::span(sentences[i]).first(5 + i * 7 % 36);
  };
  count(suite, "tagger", [&](std::size_t i) {
    return tagger.loss(short_ones(i), std::span(answers[i]).first(short_ones(i).size()));
  });
  count(suite, "tree LSTM", computing.loss_of_one);
  count(suite, "tree LSTM in parts", computing.loss);
  count(suite, "parser", [&](std::size_t i) {
    parser.parse(short_ones(i), std::span(kinds[i]).first(short_ones(i).size()));
    return constant(0);
  });
  return suite.finish();
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_autobatch: {}\n", error.what());
  return 1;
}
