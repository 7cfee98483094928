// Trains a sentiment scorer on a folder of labelled sentences, beside a bag of n-grams.
#include <optional>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/softmax.hpp"
#include "ngrams.hpp"
#include "nn/training/schedule.hpp"
#include "nn/training/weight_average.hpp"
#include "picture.hpp"
#include "text/corpora/length_batches.hpp"
#include "text/corpora/small_texts.hpp"
#include "text/metrics/confusion.hpp"
#include "text/models/sentiment.hpp"
#include "text/tokens/word_tokenizer.hpp"
#include "training.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::string data, out = data_folder() + "/sentiment", summary = "mean";
  std::size_t epochs = 8, batch = 32, embedding = 100, hidden = 100, min_count = 1;
  double dropout = 0.5, word_dropout = 0.15, prior = 0.3;
  double rate = 2e-3, decay = 0.05, average = 0.995, clip = 1, save_every = 20;
  std::uint64_t seed = 1;
  bool test = true;

  std::string text() const {
    return fmt::format("summary {}, epochs {}, batch {}, embedding {}, hidden {}, min-count {}, "
                       "dropout {}, word-dropout {}, prior {}, rate {}, decay {}, average {}, clip "
                       "{}, seed {}",
                       summary, epochs, batch, embedding, hidden, min_count, dropout, word_dropout,
                       prior, rate, decay, average, clip, seed);
  }
};

struct Examples {
  std::vector<std::vector<std::string>> words;
  std::vector<std::vector<int>> ids;
  std::vector<int> labels;
  std::vector<std::size_t> lengths;
};

Examples examples_of(const std::vector<LabelledText>& texts, const std::vector<std::string>& names,
                     const std::string& path) {
  Examples e;
  for (const LabelledText& text : texts) {
    e.words.push_back(tokenize_words(text.text));
    if (e.words.back().empty())
      e.words.back().emplace_back("<unk>"); // nothing but spaces of a kind
    e.lengths.push_back(e.words.back().size());
    try {
      e.labels.push_back(label_id(names, text.label));
    } catch (const std::invalid_argument& problem) {
      throw FormatError(path + ": " + problem.what());
    }
  }
  return e;
}

struct Learner : nn::Module {
  Learner(SentimentModel& m, double decay) : model(m), average(m, decay) {}
  void visit(nn::Visitor& v) override { v("model", model), v("average", average); }
  SentimentModel& model;
  nn::WeightAverage average;
};

Confusion measure(SentimentModel& model, const Examples& e, std::size_t classes) {
  model.eval();
  Confusion table(classes);
  Rng rng(0);
  for (const auto& batch : length_batches(e.lengths, {.batch_size = 64}, rng)) {
    std::vector<std::vector<int>> ids;
    for (const std::size_t i : batch) ids.push_back(e.ids[i]);
    const Indices said = argmax(model(ids, rng), 1);
    for (std::size_t k = 0; k < batch.size(); ++k) table.add(e.labels[batch[k]], said(k));
  }
  model.train();
  return table;
}

double accuracy_of(const NgramClassifier& classifier, const Examples& e) {
  double right = 0;
  for (std::size_t i = 0; i < e.words.size(); ++i) right += classifier(e.words[i]) == e.labels[i];
  return right / static_cast<double>(e.words.size());
}

// The baseline of this many words, its penalty chosen on the examples kept for choosing.
NgramClassifier best_ngrams(const Examples& train, const Examples& dev, std::size_t most) {
  double best = -1, chosen = 0;
  for (const double penalty : {1e-4, 1e-3, 1e-2, 1e-1}) {
    const double a = accuracy_of(NgramClassifier(train.words, train.labels, most, penalty), dev);
    if (a > best) best = a, chosen = penalty;
  }
  return NgramClassifier(train.words, train.labels, most, chosen);
}

// What the model says after each word: the probability of class 1, from -1 (surely not) to 1.
ColouredText word_by_word(SentimentModel& model, const Vocabulary& vocabulary,
                          const std::string& text) {
  const std::vector<std::string> words = tokenize_words(text);
  std::vector<int> ids;
  ColouredText shown{text, {}, {}};
  Rng unused(0);
  for (const std::string& word : words) {
    ids.push_back(vocabulary.id(word));
    const Tensor p = softmax(model({ids}, unused)).value();
    shown.tokens.push_back(word + " ");
    shown.values.push_back(2 * static_cast<double>(p(0, 1)) - 1);
  }
  return shown;
}

void run(Settings s) {
  if (s.data.empty())
    s.epochs = std::min<std::size_t>(s.epochs, 6), s.hidden = std::min<std::size_t>(s.hidden, 32);
  std::vector<LabelledText> texts[3];
  const char* parts[] = {"train", "dev", "test"};
  for (std::size_t i = 0; i < 3; ++i)
    texts[i] = s.data.empty() ? small_reviews(i == 0 ? 2000 : 300, i + 1)
                              : read_labelled(s.data + "/" + parts[i] + ".tsv");
  const std::vector<std::string> names = label_names(texts[0]);
  if (names.size() < 2)
    throw FormatError(s.data + "/train.tsv: one label alone; expected two at least");
  Examples train_set = examples_of(texts[0], names, s.data + "/train.tsv"),
           dev = examples_of(texts[1], names, s.data + "/dev.tsv"),
           test = examples_of(texts[2], names, s.data + "/test.tsv");
  const Vocabulary vocabulary(train_set.words, static_cast<int>(s.min_count));
  for (Examples* e : {&train_set, &dev, &test})
    for (const auto& words : e->words) e->ids.push_back(vocabulary.encode(words));
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
    // A word's vector begins with what counting says of it: how much it praises.
    model.vectors().update([&](Tensor& w) {
      for (std::size_t id = 4; id < vocabulary.size(); ++id)
        for (std::size_t j = 0; j < std::min<std::size_t>(4, s.embedding); ++j)
          w(id, j) += static_cast<real>(s.prior *
                                        words_alone->ratio(vocabulary.word(static_cast<int>(id))));
    });
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
    for (const char* text : {"this restaurant has good food", "this restaurant is bad",
                             "this restaurant is the worst", "this restaurant is well recommended",
                             "the food was not bad at all", "the food was not good at all"})
      shown.push_back(word_by_word(model, vocabulary, text));
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
      "of a small grammar");
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  app.add_option("--summary", s.summary, "what decides of all steps")
      ->capture_default_str()
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
  return run_program(app, argc, argv, [&] { run(s); });
}
