// How long it takes: one by one, together, and packed by hand, and where the time goes. One thread.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/batching/fiber.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/sequences/packed_sequence.hpp"
#include "nn/training/optimizer.hpp"
#include "text/models/arithmetic_model.hpp"
#include "text/models/sentence_tagger.hpp"
#include "text/models/transition_parser.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t examples = 64, words = 1000, tags = 300, steps = 40, wide = 200;

double seconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// The shortest of some runs: whatever else the machine does makes a run longer.
double shortest(int runs, const std::function<void()>& f) {
  f(); // memory and caches
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    const double begin = seconds();
    f();
    best = std::min(best, seconds() - begin);
  }
  return best;
}

using Loss = std::function<Var(std::size_t)>;

Var total(const std::vector<Var>& losses) {
  Var sum = losses[0];
  for (std::size_t i = 1; i < losses.size(); ++i) sum = sum + losses[i];
  return sum;
}

// The shares of a training step's time.
struct Shares {
  double forward, backward, update, cutting, rest;
  double overhead() const { return cutting + rest; }
};

struct Step {
  Step(nn::Module& model, Loss f, Loss one = {})
      : loss(std::move(f)), loss_of_one(one ? std::move(one) : loss),
        optimizer(model.parameters(), {.lr = 1e-4}) {}

  void one_by_one(std::size_t n) {
    optimizer.zero_grad();
    for (std::size_t i = 0; i < n; ++i) {
      Tape tape;
      tape.backward(loss_of_one(i));
    }
    optimizer.step();
  }
  void together(std::size_t n) {
    optimizer.zero_grad();
    Tape tape;
    tape.backward(total(run_together(n, loss)));
    optimizer.step();
  }
  Shares shares(std::size_t n) {
    TogetherCounts counts;
    const double begin = seconds();
    optimizer.zero_grad();
    Tape tape;
    const Var sum = total(run_together(n, loss, {.counts = &counts}));
    double pulled = 0, joined = 0;
    tape.begin_backward(sum, ones(sum.shape()));
    for (;;) {
      const double start = seconds();
      const std::ptrdiff_t record = tape.step_back();
      if (record < 0) break;
      const char* op = tape.line(static_cast<std::size_t>(record)).op;
      const bool ours = std::strcmp(op, "join") == 0 || std::strcmp(op, "cut") == 0;
      (ours ? joined : pulled) += seconds() - start;
    }
    const double before = seconds();
    optimizer.step();
    const double end = seconds(), all = end - begin;
    const double rest = all - counts.call_seconds - pulled - joined - (end - before);
    return {counts.call_seconds / all, pulled / all, (end - before) / all, joined / all,
            rest / all};
  }

  Loss loss, loss_of_one; // the same numbers, as it is best written for one alone
  nn::Adam optimizer;
};

// The whole batch by the fused layers on packed rows.
struct PackedTagger : nn::Module {
  explicit PackedTagger(Rng& rng)
      : embed({words, wide}, rng),
        lstm({.input_size = wide, .hidden_size = wide, .num_layers = 2, .bidirectional = true},
             rng),
        to_tags({2 * wide, tags}, rng) {}
  void visit(nn::Visitor& v) override { v("embed", embed), v("lstm", lstm), v("to_tags", to_tags); }
  Var loss(const PackedIndices& x, const Indices& targets) const {
    return cross_entropy(to_tags(lstm(embed(x)).output.data), targets);
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

nlohmann::json row(const char* name, double alone, double together, const std::string& packed,
                   const std::string& overhead) {
  const double n = examples;
  fmt::print("{:<18}{:>12.1f}{:>12.1f}{:>10.1f}{:>12}{:>12}\n", name, n / alone, n / together,
             alone / together, packed, overhead);
  const auto rounded = [](double x) { return std::round(10 * x) / 10; };
  return {{"alone", rounded(n / alone)},
          {"together", rounded(n / together)},
          {"times", rounded(alone / together)}};
}

void print_shares(const char* name, const Shares& s) {
  fmt::print("{:<18}{:>10.1f}{:>10.1f}{:>10.1f}{:>12.1f}{:>10.1f}\n", name, 100 * s.forward,
             100 * s.backward, 100 * s.update, 100 * s.cutting, 100 * s.rest);
}

double nanoseconds_a_switch() {
  constexpr int switches = 1'000'000;
  Fiber fiber(std::size_t{256} << 10, [&] {
    for (int i = 0; i < switches; ++i) fiber.suspend();
  });
  const double begin = seconds();
  while (!fiber.ended()) fiber.resume();
  return 1e9 * (seconds() - begin) / (2 * switches); // there and back
}

// The same for two threads, which wake each other.
double nanoseconds_a_thread() {
  constexpr int switches = 20'000;
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  const auto take_turns = [&](int own) {
    for (int i = 0; i < switches; ++i) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return turn == own; });
      turn = 1 - own;
      changed.notify_one();
    }
  };
  const double begin = seconds();
  std::thread other(take_turns, 1);
  take_turns(0);
  other.join();
  return 1e9 * (seconds() - begin) / (2 * switches);
}

} // namespace

int main() {
  setenv("TAPESTRY_THREADS", "1", 1);
  Rng rng(1);
  const auto sentences = drawn(128, steps, words, rng), answers = drawn(128, steps, tags, rng),
             kinds = drawn(examples, steps, 20, rng);
  SentenceTagger tagger({.words = words, .tags = tags, .embedding = wide, .hidden = wide}, rng);
  Step tagging(tagger, [&](std::size_t i) { return tagger.loss(sentences[i], answers[i]); });

  // The same with 5 to 75 words, 40 on average.
  const auto of_length = [](const std::vector<std::vector<int>>& all, std::size_t i) {
    std::vector<int> ids;
    for (std::size_t t = 0; t < 5 + 70 * (i % examples) / (examples - 1); ++t)
      ids.push_back(all[i][t % steps]);
    return ids;
  };
  Step other_lengths(tagger, [&](std::size_t i) {
    return tagger.loss(of_length(sentences, i), of_length(answers, i));
  });

  ArithmeticModel model({.embedding = 150, .hidden = 150}, rng);
  std::vector<ArithmeticTree> trees;
  for (std::size_t i = 0; i < 128; ++i) trees.push_back(draw_arithmetic({.depth = 5}, rng));
  Step computing(
      model, [&](std::size_t i) { return model.loss(trees[i]); },
      [&](std::size_t i) { return model.loss(trees[i], false); }); // node after node

  TransitionParser parser({.words = words, .tags = 20}, rng);
  std::vector<std::vector<ParserMove>> moves;
  while (moves.size() < examples) {
    std::vector<int> heads{0};
    for (int w = 2; w <= static_cast<int>(steps); ++w) heads.push_back(rng.chance(0.7) ? w - 1 : 1);
    if (const auto made = oracle_moves(heads)) moves.push_back(*made);
  }
  Step parsing(parser,
               [&](std::size_t i) { return parser.loss(sentences[i], kinds[i], moves[i]); });

  PackedTagger by_hand(rng);
  nn::Adam by_hand_update(by_hand.parameters(), {.lr = 1e-4});
  const Lengths lengths(examples, static_cast<int>(steps));
  const auto first = [](std::vector<std::vector<int>> all) { return all.resize(examples), all; };
  const PackedIndices x = pack_padded_sequence(stack_padded(first(sentences), 0), lengths);
  const Indices targets = pack_padded_sequence(stack_padded(first(answers), 0), lengths).data;
  const double packed = shortest(5, [&] {
    by_hand_update.zero_grad();
    Tape tape;
    tape.backward(by_hand.loss(x, targets));
    by_hand_update.step();
  });

  fmt::print("Examples a second, forward, backward and update, 64 at a time:\n");
  fmt::print("{:<18}{:>12}{:>12}{:>10}{:>12}{:>12}\n", "", "one by one", "together", "times",
             "by hand", "overhead, %");
  nlohmann::json kept;
  std::vector<std::pair<const char*, Step*>> all = {{"tagger", &tagging},
                                                    {"other lengths", &other_lengths},
                                                    {"tree LSTM", &computing},
                                                    {"parser", &parsing}};
  std::vector<Shares> shares;
  for (const auto& [name, step] : all) {
    const double alone = shortest(2, [&, s = step] { s->one_by_one(examples); });
    const double together = shortest(5, [&, s = step] { s->together(examples); });
    Shares least = step->shares(examples);
    for (int i = 0; i < 4; ++i) {
      const Shares again = step->shares(examples);
      if (again.overhead() < least.overhead()) least = again;
    }
    shares.push_back(least);
    const bool is_tagger = step == &tagging;
    kept[name] =
        row(name, alone, together, is_tagger ? fmt::format("{:.1f}", examples / packed) : "",
            fmt::format("{:.1f}", 100 * least.overhead()));
    kept[name]["overhead"] = std::round(1000 * least.overhead()) / 10;
    if (is_tagger) kept[name]["of_packed"] = std::round(100 * together / packed) / 100;
  }
  {
    const auto parse = [&](std::size_t i) { return parser.parse(sentences[i], kinds[i]); };
    const double alone = shortest(3, [&] {
      for (std::size_t i = 0; i < examples; ++i) parse(i);
    });
    const double together = shortest(5, [&] { run_together(examples, parse); });
    kept["greedy parsing"] = row("greedy parsing", alone, together, "", "");
  }

  fmt::print("\nWhere the time goes, %:\n");
  fmt::print("{:<18}{:>10}{:>10}{:>10}{:>12}{:>10}\n", "", "forward", "backward", "update",
             "join, cut", "the rest");
  for (std::size_t k = 0; k < all.size(); ++k) print_shares(all[k].first, shares[k]);
  const double switching = nanoseconds_a_switch(), threads = nanoseconds_a_thread();
  fmt::print("\nTo another stack, and to another thread:\n  {:.0f} ns, {:.0f} ns\n", switching,
             threads);
  kept["switch"] = std::round(switching), kept["threads"] = std::round(threads);

  fmt::print("\nBy the size of the states, times as fast as one by one:\n");
  for (const std::size_t size : {8u, 32u, 128u, 400u}) {
    SentenceTagger other({.words = words, .tags = tags, .embedding = size, .hidden = size}, rng);
    Step step(other, [&](std::size_t i) { return other.loss(sentences[i], answers[i]); });
    const double alone = shortest(2, [&] { step.one_by_one(examples); });
    fmt::print("  {:<5}{:>6.1f}\n", size, alone / shortest(3, [&] { step.together(examples); }));
  }

  // Against the size of the batch.
  std::string tsv = "batch\ttagger\ttree LSTM\n";
  for (const std::size_t n : {1u, 2u, 4u, 8u, 16u, 32u, 64u, 128u}) {
    tsv += std::to_string(n);
    for (Step* step : {&tagging, &computing}) {
      const double alone = shortest(2, [&] { step->one_by_one(n); });
      tsv += fmt::format("\t{:.2f}", alone / shortest(4, [&] { step->together(n); }));
    }
    tsv += "\n";
  }
  keep("speed.tsv", tsv);
  keep("speed.json", kept.dump(1) + "\n");
}
