// A tree LSTM learns arithmetic on trees of depth 1 to 4 and is tried on deeper ones, beside an
// LSTM that reads the same expressions as symbols, and beside guesses.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/sequences/packed_sequence.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/schedule.hpp"
#include "program.hpp"
#include "text/models/arithmetic_model.hpp"

using namespace tapestry;

namespace {

using Trees = std::vector<ArithmeticTree>;

constexpr std::size_t learnt_depth = 4, most_depth = 12;

struct Settings {
  std::size_t steps = 2000, reader_steps = 8000; // the reader's are faster, so it gets more of them
  std::size_t batch = 64, seeds = 3, hidden = 64, reader_hidden = 128, trees = 500;
  double rate = 4e-3;
};

Trees drawn(std::size_t n, std::size_t least, std::size_t most, Rng& rng) {
  Trees trees;
  for (std::size_t i = 0; i < n; ++i)
    trees.push_back(draw_arithmetic({.depth = least + rng.below(most - least + 1)}, rng));
  return trees;
}

// Of so many, so many are right.
struct Share {
  double right = 0, all = 0;
  void add(bool is_right) { right += is_right, ++all; }
  double percent() const { return all == 0 ? 0 : 100 * right / all; }
};

// The mean over all nodes of a batch: each tree's mean counts as often as it has nodes.
Var mean_over_nodes(const std::vector<Var>& means, const Trees& trees) {
  Var sum = constant(0);
  double nodes = 0;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const double n = static_cast<double>(trees[i].nodes.size());
    sum = sum + n * means[i];
    nodes += n;
  }
  return sum / nodes;
}

void train(nn::Module& model, const Settings& s, std::size_t steps, std::uint64_t seed,
           const std::function<Var(const Trees&)>& loss_of) {
  const std::vector<Parameter> parameters = model.parameters();
  nn::Adam optimizer(parameters, {.lr = s.rate});
  const nn::Schedule schedule = nn::cosine_schedule(steps, 0.01);
  Rng rng(1000 + seed);
  Progress progress("training", steps);
  for (std::size_t step = 0; step < steps; ++step) {
    const Trees trees = drawn(s.batch, 1, learnt_depth, rng);
    optimizer.zero_grad();
    {
      Tape tape;
      tape.backward(loss_of(trees));
    }
    nn::clip_grad_norm(parameters, 5);
    optimizer.lr = s.rate * schedule(step);
    optimizer.step();
    progress.update(step + 1);
  }
}

// --- as symbols ---

// max(3, min(7, 2), 5) is max( 3 min( 7 2 ) 5 ): ten digits, three operations, and a bracket.
struct Symbols {
  std::vector<int> read, values; // of the part that ends here; -100 where none does
};

Symbols symbols_of(const ArithmeticTree& tree) {
  Symbols s;
  const std::vector<int> worth = tree.values();
  const std::string text = tree.to_text();
  std::size_t ended = 0; // nodes end in their own order
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ',' || c == ' ') continue;
    const bool ends = c == ')' || (c >= '0' && c <= '9');
    s.values.push_back(ends ? worth[ended++] : -100);
    if (ends)
      s.read.push_back(c == ')' ? 13 : c - '0');
    else
      s.read.push_back(c == 'a' ? 10 : text[at + 1] == 'a' ? 11 : 12), at += 3;
  }
  return s;
}

// An LSTM that reads an expression from left to right, and says what a part is worth at its end.
struct Reader : nn::Module {
  Reader(std::size_t hidden, Rng& rng)
      : embed({.num_embeddings = 14, .embedding_dim = 16}, rng),
        lstm({.input_size = 16, .hidden_size = hidden}, rng), score({hidden, 10}, rng) {}
  void visit(nn::Visitor& v) override { v("embed", embed), v("lstm", lstm), v("score", score); }

  struct Batch {
    PackedIndices read, values;
  };
  static Batch batch(const Trees& trees) {
    std::vector<std::vector<int>> read, values;
    Lengths lengths;
    for (const ArithmeticTree& tree : trees) {
      const Symbols s = symbols_of(tree);
      read.push_back(s.read), values.push_back(s.values);
      lengths.push_back(static_cast<int>(s.read.size()));
    }
    return {pack_padded_sequence(stack_padded(read, 0), lengths, {.enforce_sorted = false}),
            pack_padded_sequence(stack_padded(values, 0), lengths, {.enforce_sorted = false})};
  }
  PackedSequence scores(const Batch& b) const { return score(lstm(embed(b.read)).output); }

  nn::Embedding embed;
  nn::LSTM lstm;
  nn::Linear score;
};

// --- what is right ---

// Of each depth, the share of trees whose value is right; for the tree LSTM, also the share of
// operations that are right among those whose arguments are.
struct Scores {
  std::vector<double> by_depth;
  std::array<Share, 4> by_kind; // digit, max, min, add
};

Scores score(const ArithmeticModel& model, const std::vector<Trees>& tests) {
  Scores s;
  for (const Trees& trees : tests) {
    Share share;
    const std::vector<Indices> said =
        run_together(trees.size(), [&](std::size_t i) { return argmax(model(trees[i]), 1); });
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const std::vector<int> worth = trees[i].values();
      const auto right = [&](std::size_t node) { return said[i](node) == worth[node]; };
      share.add(right(worth.size() - 1));
      for (std::size_t node = 0; node < worth.size(); ++node) {
        const ArithmeticNode& n = trees[i].nodes[node];
        if (std::all_of(n.arguments.begin(), n.arguments.end(), right))
          s.by_kind[static_cast<std::size_t>(n.kind)].add(right(node));
      }
    }
    s.by_depth.push_back(share.percent());
  }
  return s;
}

std::vector<double> score(const Reader& reader, const std::vector<Trees>& tests) {
  std::vector<double> by_depth;
  for (const Trees& trees : tests) {
    Share share;
    const Reader::Batch b = Reader::batch(trees);
    const Indices said = argmax(reader.scores(b).data, 1);
    const PackedLayout& layout = *b.read.layout;
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const auto row = static_cast<std::size_t>(layout.unsorted_indices(i));
      const std::size_t last = layout.begins[layout.length(row) - 1] + row;
      share.add(said(last) == b.values.data(last));
    }
    by_depth.push_back(share.percent());
  }
  return by_depth;
}

// The most frequent value, and the most frequent one for the operation at the root.
std::pair<double, double> guesses(const Trees& trees) {
  std::map<int, int> all;
  std::map<ArithmeticKind, std::map<int, int>> of_root;
  for (const ArithmeticTree& tree : trees) {
    const int value = tree.values().back();
    ++all[value], ++of_root[tree.nodes.back().kind][value];
  }
  const auto most = [](const std::map<int, int>& counts) {
    int n = 0;
    for (const auto& [value, count] : counts) n = std::max(n, count);
    return n;
  };
  int by_root = 0;
  for (const auto& [kind, counts] : of_root) by_root += most(counts);
  const double n = static_cast<double>(trees.size());
  return {100 * most(all) / n, 100 * by_root / n};
}

struct Spread {
  std::vector<double> values;
  double mean() const {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
  double least() const { return *std::min_element(values.begin(), values.end()); }
  double most() const { return *std::max_element(values.begin(), values.end()); }
  std::string text() const {
    return fmt::format("{:.1f} ({:.1f} to {:.1f})", mean(), least(), most());
  }
};

void run(const Settings& s) {
  std::vector<Trees> tests;
  std::vector<double> nodes;
  Rng rng(99);
  for (std::size_t depth = 1; depth <= most_depth; ++depth) {
    tests.push_back(drawn(s.trees, depth, depth, rng));
    double sum = 0;
    for (const ArithmeticTree& tree : tests.back()) sum += static_cast<double>(tree.nodes.size());
    nodes.push_back(sum / static_cast<double>(s.trees));
  }
  std::vector<Spread> tree(most_depth), symbols(most_depth);
  std::array<Share, 4> by_kind;
  for (std::size_t seed = 1; seed <= s.seeds; ++seed) {
    Rng init(seed);
    ArithmeticModel model({.embedding = 16, .hidden = s.hidden}, init);
    train(model, s, s.steps, seed, [&](const Trees& trees) {
      //> loss
      const std::vector<Var> means =
          run_together(trees.size(), [&](std::size_t i) { return model.loss(trees[i]); });
      return mean_over_nodes(means, trees);
      //< loss
    });
    const Scores scores = score(model, tests);
    for (std::size_t d = 0; d < most_depth; ++d) tree[d].values.push_back(scores.by_depth[d]);
    for (std::size_t k = 0; k < 4; ++k)
      by_kind[k].right += scores.by_kind[k].right, by_kind[k].all += scores.by_kind[k].all;

    Reader reader(s.reader_hidden, init);
    train(reader, s, s.reader_steps, seed, [&](const Trees& trees) {
      const Reader::Batch b = Reader::batch(trees);
      return cross_entropy(reader.scores(b), b.values);
    });
    const std::vector<double> read = score(reader, tests);
    for (std::size_t d = 0; d < most_depth; ++d) symbols[d].values.push_back(read[d]);
  }

  fmt::print("Right values, %: mean of {} trainings (least to most)\n", s.seeds);
  fmt::print("{:<7}{:>7}   {:<24}{:<24}{:>9}{:>9}\n", "depth", "nodes", "tree LSTM",
             "LSTM over symbols", "by root", "constant");
  std::string tsv = "depth\ttree\tleast\tmost\tsymbols\tleast\tmost\troot\n";
  nlohmann::json kept;
  for (std::size_t d = 0; d < most_depth; ++d) {
    const auto [constant_guess, root_guess] = guesses(tests[d]);
    fmt::print("{:<7}{:>7.1f}   {:<24}{:<24}{:>9.1f}{:>9.1f}\n", d + 1, nodes[d], tree[d].text(),
               symbols[d].text(), root_guess, constant_guess);
    tsv += fmt::format("{}\t{:.1f}\t{:.1f}\t{:.1f}\t{:.1f}\t{:.1f}\t{:.1f}\t{:.1f}\n", d + 1,
                       tree[d].mean(), tree[d].least(), tree[d].most(), symbols[d].mean(),
                       symbols[d].least(), symbols[d].most(), root_guess);
    const auto rounded = [](double x) { return std::round(10 * x) / 10; };
    kept[std::to_string(d + 1)] = {{"tree", rounded(tree[d].mean())},
                                   {"symbols", rounded(symbols[d].mean())},
                                   {"root", rounded(root_guess)},
                                   {"nodes", rounded(nodes[d])}};
  }
  fmt::print("\nOf nodes whose arguments are right, these are right too, %:\n");
  const char* names[] = {"digit", "max", "min", "add"};
  for (std::size_t k = 0; k < 4; ++k) {
    fmt::print("  {:<8}{:.2f}\n", names[k], by_kind[k].percent());
    kept[names[k]] = std::round(100 * by_kind[k].percent()) / 100;
  }
  kept["seeds"] = s.seeds, kept["steps"] = s.steps, kept["reader_steps"] = s.reader_steps,
  kept["batch"] = s.batch;
  kept["share_of_one"] = 100.0 / static_cast<double>(s.trees); // %
  kept["trees"] = s.trees, kept["hidden"] = s.hidden, kept["reader_hidden"] = s.reader_hidden;
  keep("arithmetic.tsv", tsv);
  keep("arithmetic.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A tree LSTM learns arithmetic and is tried on deeper trees.", "arithmetic");
  Settings s;
  whole_option(app, "--steps", s.steps, "of training", 1, 1'000'000);
  whole_option(app, "--reader-steps", s.reader_steps, "of the LSTM over symbols", 1, 1'000'000);
  whole_option(app, "--batch", s.batch, "trees to a step", 1, 10'000);
  whole_option(app, "--seeds", s.seeds, "trainings", 1, 100);
  whole_option(app, "--hidden", s.hidden, "size of a state", 1, 10'000);
  whole_option(app, "--trees", s.trees, "to test on, of each depth", 1, 100'000);
  real_option(app, "--rate", s.rate, "of learning, at first", 1e-6, 1);
  return run_program(app, argc, argv, [&] { run(s); });
}
