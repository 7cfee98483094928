// A transition parser written for one sentence learns English dependency trees, in batches that
// nobody made.
//
// It reads the folder `ud_ewt` of the one that TAPESTRY_DATA names.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/schedule.hpp"
#include "program.hpp"
#include "real_data.hpp"
#include "text/corpora/conllu.hpp"
#include "text/models/transition_parser.hpp"
#include "text/tokens/vocabulary.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::size_t epochs = 8, batch = 32, sentences = 1'000'000;
  double rate = 2e-3;
};

struct Sentence {
  std::vector<std::string> forms;
  std::vector<int> words, tags, heads; // a head for each word; 0: the root
};
using Sentences = std::vector<Sentence>;

Sentences read(const std::string& path, std::map<std::string, int>& tags) {
  Sentences all;
  for (const ConlluSentence& from : read_conllu(path)) {
    Sentence s;
    for (const ConlluWord& w : from.words) {
      s.forms.push_back(w.form);
      s.tags.push_back(tags.emplace(w.upos, static_cast<int>(tags.size())).first->second);
      s.heads.push_back(w.head);
    }
    all.push_back(std::move(s));
  }
  return all;
}

// Of so many words, so many have the right head.
struct Share {
  double right = 0, all = 0;
  void add(bool is_right) { right += is_right, ++all; }
  double percent() const { return 100 * right / all; }
};

template <class F> Share attached(const Sentences& sentences, const F& heads_of) {
  Share share;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const std::vector<int> said = heads_of(i);
    for (std::size_t w = 0; w < said.size(); ++w) share.add(said[w] == sentences[i].heads[w]);
  }
  return share;
}

// What needs no parser: the word before or after, and each tag's most frequent distance.
struct Floors {
  Share before, after, by_tag;
};

Floors floors(const Sentences& train, const Sentences& test) {
  std::map<int, std::map<int, int>> distances;
  for (const Sentence& s : train)
    for (std::size_t w = 0; w < s.heads.size(); ++w)
      ++distances[s.tags[w]][s.heads[w] == 0 ? 0 : s.heads[w] - static_cast<int>(w + 1)];
  const auto best = [&](int tag) { // 0: it hangs from the root
    int distance = -1, most = 0;
    for (const auto& [d, n] : distances[tag])
      if (n > most) distance = d, most = n;
    return distance;
  };
  const auto all = [&](const auto& head_of) {
    return attached(test, [&](std::size_t i) {
      std::vector<int> heads;
      for (std::size_t w = 0; w < test[i].heads.size(); ++w)
        heads.push_back(head_of(static_cast<int>(w + 1), test[i].tags[w]));
      return heads;
    });
  };
  return {all([](int word, int) { return word - 1; }), all([](int word, int) { return word + 1; }),
          all([&](int word, int tag) { return best(tag) == 0 ? 0 : word + best(tag); })};
}

Share score(const TransitionParser& parser, const Sentences& sentences) {
  constexpr std::size_t together = 64;
  std::vector<std::vector<int>> said;
  for (std::size_t first = 0; first < sentences.size(); first += together) {
    const std::size_t n = std::min(together, sentences.size() - first);
    //> parse
    const std::vector<std::vector<int>> heads = run_together(n, [&](std::size_t i) {
      const Sentence& s = sentences[first + i];
      return parser.parse(s.words, s.tags);
    });
    //< parse
    said.insert(said.end(), heads.begin(), heads.end());
  }
  return attached(sentences, [&](std::size_t i) { return said[i]; });
}

void run(const Settings& s) {
  const auto data = real_data("ud_ewt");
  if (!data) return;
  std::map<std::string, int> tags;
  Sentences train = read(*data + "/en_ewt-ud-train.conllu", tags),
            dev = read(*data + "/en_ewt-ud-dev.conllu", tags),
            test = read(*data + "/en_ewt-ud-test.conllu", tags);
  train.resize(std::min(train.size(), s.sentences));
  std::vector<std::vector<std::string>> texts;
  for (const Sentence& one : train) texts.push_back(one.forms);
  const Vocabulary vocabulary(texts, 2);
  std::map<int, double> counts;
  for (Sentences* part : {&train, &dev, &test})
    for (Sentence& one : *part) {
      one.words = vocabulary.encode(one.forms);
      if (part == &train)
        for (const int word : one.words) ++counts[word];
    }

  // Trees whose arcs cross cannot be made by these moves.
  std::vector<std::vector<ParserMove>> moves;
  Sentences can_be_made;
  for (const Sentence& one : train)
    if (const auto made = oracle_moves(one.heads)) {
      moves.push_back(*made);
      can_be_made.push_back(one);
    }

  Rng rng(1);
  TransitionParser parser({.words = vocabulary.size(), .tags = tags.size()}, rng);
  const std::vector<Parameter> parameters = parser.parameters();
  nn::AdamW optimizer(parameters, {.beta2 = 0.99, .weight_decay = 1e-3});
  std::vector<std::size_t> order(can_be_made.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const std::size_t steps = s.epochs * (order.size() / s.batch);
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
  Progress progress("training", steps);
  std::size_t step = 0;
  for (std::size_t epoch = 0; epoch < s.epochs; ++epoch) {
    rng.shuffle(order);
    for (std::size_t first = 0; first + s.batch <= order.size(); first += s.batch, ++step) {
      std::vector<Sentence> batch;
      double words = 0;
      for (std::size_t i = 0; i < s.batch; ++i) { // word dropout, before any example runs
        batch.push_back(can_be_made[order[first + i]]);
        words += static_cast<double>(batch.back().words.size());
        for (int& word : batch.back().words)
          if (rng.chance(0.25 / (0.25 + counts[word]))) word = Vocabulary::unk_id;
      }
      optimizer.zero_grad();
      {
        Tape tape;
        //> loss
        const std::vector<Var> means = run_together(s.batch, [&](std::size_t i) {
          return parser.loss(batch[i].words, batch[i].tags, moves[order[first + i]]);
        });
        //< loss
        Var sum = constant(0);
        for (std::size_t i = 0; i < s.batch; ++i)
          sum = sum + static_cast<double>(batch[i].words.size()) * means[i];
        tape.backward(sum / words);
      }
      nn::clip_grad_norm(parameters, 5);
      optimizer.lr = s.rate * schedule(step);
      optimizer.step();
      progress.update(step + 1);
    }
  }

  const Floors floor = floors(train, test);
  const double of_dev = score(parser, dev).percent(), of_test = score(parser, test).percent();
  fmt::print("Right heads of the test's words, %:\n");
  fmt::print("  {:<34}{:>6.1f}\n", "the word after", floor.after.percent());
  fmt::print("  {:<34}{:>6.1f}\n", "the word before", floor.before.percent());
  fmt::print("  {:<34}{:>6.1f}\n", "each tag's most frequent distance", floor.by_tag.percent());
  fmt::print("  {:<34}{:>6.1f}\n", "the parser", of_test);

  fmt::print("\nA parse:\n");
  for (const Sentence& one : test) {
    if (one.words.size() != 8 || !oracle_moves(one.heads)) continue;
    const std::vector<int> heads = parser.parse(one.words, one.tags);
    for (std::size_t w = 0; w < heads.size(); ++w) {
      const auto name = [&](int head) {
        return head == 0 ? std::string("root") : one.forms[static_cast<std::size_t>(head - 1)];
      };
      fmt::print("  {:<14}{:<14}{}\n", one.forms[w], name(heads[w]),
                 heads[w] == one.heads[w] ? "" : "should be " + name(one.heads[w]));
    }
    break;
  }
  const auto rounded = [](double x) { return std::round(10 * x) / 10; };
  std::size_t words = 0;
  for (const Sentence& one : test) words += one.words.size();
  keep("parser.json",
       nlohmann::json{{"test", rounded(of_test)},
                      {"dev", rounded(of_dev)},
                      {"floor", rounded(floor.by_tag.percent())},
                      {"before", rounded(floor.before.percent())},
                      {"after", rounded(floor.after.percent())},
                      {"train", train.size()},
                      {"crossing", train.size() - can_be_made.size()},
                      {"crossing_percent",
                       rounded(100.0 * static_cast<double>(train.size() - can_be_made.size()) /
                               static_cast<double>(train.size()))},
                      {"sentences", test.size()},
                      {"words", words},
                      {"epochs", s.epochs}}
               .dump(1) +
           "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A transition parser learns English dependency trees.", "parser");
  Settings s;
  whole_option(app, "--epochs", s.epochs, "passes over the sentences", 1, 1000);
  whole_option(app, "--batch", s.batch, "sentences to a step", 1, 10'000);
  whole_option(app, "--sentences", s.sentences, "to learn from, at most", 1, 1'000'000);
  real_option(app, "--rate", s.rate, "of learning", 1e-6, 1);
  return run_program(app, argc, argv, [&] { run(s); });
}
