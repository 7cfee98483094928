// Trains a sentiment scorer on a folder of labelled sentences, beside a bag of n-grams.
#include <optional>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "autograd/ids.hpp"
#include "picture.hpp"
#include "training.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

struct Settings : RunOptions {
  std::string data, out = data_folder() + "/sentiment", summary = "mean";
  std::size_t embedding = scorer_defaults.embedding, hidden = scorer_defaults.hidden, min_count = 1;
  double dropout = scorer_defaults.dropout, word_dropout = scorer_defaults.word_dropout,
         save_every = 20;
  bool test = true;

  std::string text() const {
    return fmt::format("summary {}, epochs {}, batch {}, embedding {}, hidden {}, min-count {}, "
                       "dropout {}, word-dropout {}, prior {}, rate {}, decay {}, average {}, clip "
                       "{}, seed {}",
                       summary, epochs, batch, embedding, hidden, min_count, dropout, word_dropout,
                       prior, rate, decay, average, clip, seed);
  }
};

struct Learner : nn::Module {
  Learner(SentimentModel& m, double decay) : model(m), average(m, decay) {}
  void visit(nn::Visitor& v) override { v("model", model), v("average", average); }
  SentimentModel& model;
  nn::WeightAverage average;
};

// What the model says after each word, from -1 (surely class 0) to 1.
ColouredText coloured(SentimentModel& model, const Vocabulary& vocabulary,
                      const std::string& text) {
  const std::vector<std::string> words = tokenize_words(text);
  ColouredText shown{text, {}, {}};
  for (const double p : word_by_word(model, vocabulary, words)) {
    shown.tokens.push_back(words[shown.tokens.size()] + " ");
    shown.values.push_back(2 * p - 1);
  }
  return shown;
}

void run(Settings s) {
  const Parts parts = read_parts(s.data, s.min_count);
  const Examples &train_set = parts.train, &dev = parts.dev, &test = parts.test;
  const std::vector<std::string>& names = parts.names;
  const Vocabulary& vocabulary = parts.vocabulary;
  fmt::print("{} sentences to learn from, {} to choose on, {} to test on; {} words\n",
             train_set.ids.size(), dev.ids.size(), test.ids.size(), vocabulary.size());
  std::fflush(stdout);

  Rng rng(s.seed);
  SentimentModel model({.vocabulary = vocabulary.size(),
                        .classes = names.size(),
                        .embedding = s.embedding,
                        .hidden = s.hidden,
                        .summary = summary_of(s.summary),
                        .dropout = s.dropout,
                        .word_dropout = s.word_dropout},
                       rng);
  std::optional<NgramClassifier> words_alone, pairs;
  if (names.size() == 2) {
    words_alone = best_ngrams(train_set, dev, 1);
    pairs = best_ngrams(train_set, dev, 2);
    add_prior(model, vocabulary, *words_alone, s.prior);
  }
  Learner learner(model, s.average);
  nn::AdamW optimizer(learner.parameters(), {.beta2 = 0.99, .weight_decay = s.decay});
  std::vector<std::vector<std::size_t>> batches;
  std::size_t pass = 0;
  const auto begin_pass = [&](std::size_t number) {
    Rng order(s.seed * 1'000'003 + number);
    batches = length_batches(train_set.lengths, {.batch_size = s.batch}, order);
  };
  begin_pass(0);
  const std::size_t pass_steps = batches.size(), steps = s.epochs * pass_steps;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
  const Curve curve =
      train({.out = s.out,
             .name = "sentiment",
             .run = s.text() + fmt::format("; {} sentences", train_set.ids.size()),
             .notes = {{"words", vocabulary.to_text()}},
             .steps = steps,
             .report_every = std::max<std::size_t>(1, pass_steps / 2),
             .clip = s.clip,
             .save_every = s.save_every},
            learner, optimizer, rng,
            {.loss =
                 [&](std::size_t step) {
                   if (step / pass_steps != pass) begin_pass(pass = step / pass_steps);
                   std::vector<std::vector<int>> ids;
                   std::vector<int> labels;
                   for (const std::size_t i : batches[step % pass_steps])
                     ids.push_back(train_set.ids[i]), labels.push_back(train_set.labels[i]);
                   return cross_entropy(model(ids, rng), ids_from(labels));
                 },
             .rate = [&](std::size_t step) { return s.rate * schedule(step); },
             .held_out =
                 [&] {
                   learner.average.exchange();
                   const double accuracy = measure(model, dev, names.size()).accuracy();
                   learner.average.exchange();
                   return accuracy;
                 },
             .after = [&] { learner.average.update(); }});
  learner.average.exchange();

  const Examples& measured = s.test ? test : dev;
  const Confusion table = measure(model, measured, names.size());
  std::size_t most = 0;
  for (int i = 0; i < static_cast<int>(names.size()); ++i) {
    std::size_t row = 0;
    for (int j = 0; j < static_cast<int>(names.size()); ++j) row += table.count(i, j);
    most = std::max(most, row);
  }
  fmt::print("{}: {:.2f} % of {} sentences, F1 {:.3f} (the more frequent class: {:.2f} %)\n",
             s.test ? "test" : "kept for choosing", 100 * table.accuracy(), table.total(),
             table.macro_f1(),
             100 * static_cast<double>(most) / static_cast<double>(table.total()));
  if (pairs)
    fmt::print("bags of words: {:.2f} %, of words and pairs: {:.2f} %\n",
               100 * accuracy_of(*words_alone, measured), 100 * accuracy_of(*pairs, measured));
  model.eval();
  if (names.size() == 2) {
    std::vector<ColouredText> shown;
    for (const char* text : verdicts) {
      const std::vector<std::string> words = tokenize_words(text);
      const bool known = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return vocabulary.contains(word);
      });
      if (known || !s.data.empty()) shown.push_back(coloured(model, vocabulary, text));
    }
    for (const ColouredText& text : shown)
      fmt::print("  {:.2f}  {}\n", (text.values.back() + 1) / 2, text.name);
    write_file_atomically(s.out + "/words.svg",
                          coloured_texts("What the scorer says after each word", shown, 60));
  }
  Line held_out{"kept for choosing", {}, {}};
  for (const Curve::Point& p : curve.points())
    held_out.x.push_back(p.step), held_out.y.push_back(100 * p.held_out);
  write_file_atomically(s.out + "/curve.svg",
                        line_plot("How the scorer learns", "step", "accuracy in %", {held_out}));
  fmt::print("Pictures: {}/curve.svg, words.svg\n", s.out);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a sentiment scorer.", "sentiment");
  Settings s;
  app.add_option(
      "--data", s.data,
      "a folder with train.tsv, dev.tsv and test.tsv, TEXT<TAB>LABEL; without it, reviews "
      "of a small grammar, and settings that suit them");
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  app.add_option("--summary", s.summary, "what decides of all steps (mean; without --data, max)")
      ->check(CLI::IsMember({"last", "mean", "max"}));
  whole_option(app, "--epochs", s.epochs, "passes over the sentences", 1, 100'000);
  whole_option(app, "--batch", s.batch, "sentences a step", 1, 100'000);
  whole_option(app, "--embedding", s.embedding, "size of a word's vector", 1, 65'536);
  whole_option(app, "--hidden", s.hidden, "size of a direction's state", 1, 16'384);
  whole_option(app, "--min-count", s.min_count, "words that occur less often become <unk>", 1,
               1'000'000'000);
  real_option(app, "--dropout", s.dropout, "on vectors and summary", 0, 0.95);
  real_option(app, "--word-dropout", s.word_dropout, "the share of words that become <unk>", 0,
              0.95);
  real_option(app, "--prior", s.prior, "how much of naive Bayes the words' vectors begin with", 0,
              100);
  real_option(app, "--rate", s.rate, "the learning rate at its highest", 1e-12, 1e3);
  real_option(app, "--decay", s.decay, "weight decay", 0, 1e3);
  real_option(app, "--average", s.average, "of the weights' moving average", 0, 0.999999);
  real_option(app, "--clip", s.clip, "the largest norm of the gradient", 1e-12, 1e12);
  app.add_flag(
      "--test,!--no-test", s.test,
      "measures on the test part; else, while settings are chosen, on the part kept for that");
  whole_option(app, "--seed", s.seed, "of all random choices", 0, UINT64_MAX);
  real_option(app, "--save-every", s.save_every, "seconds between checkpoints", 0, 1e9);
  return run_program(app, argc, argv, [&] {
    if (s.data.empty()) { // enough for a small grammar, whose every word counts
      unless_given(app, "--summary", s.summary, "max");
      unless_given(app, "--epochs", s.epochs, 6);
      unless_given(app, "--hidden", s.hidden, 32);
      unless_given(app, "--dropout", s.dropout, 0.2);
      unless_given(app, "--word-dropout", s.word_dropout, 0.02);
      unless_given(app, "--rate", s.rate, 1e-2);
      unless_given(app, "--prior", s.prior, 0);
    }
    run(s);
  });
}
